using System.Net;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>Who answers when the simulated swarm dials: seeds that are listed here, and otherwise nobody until the dial's patience is over.</summary>
internal sealed class DialedWorld(SimulatedSwarm swarm)
{
    private readonly Dictionary<IPEndPoint, PeerBehaviour> _alive = [];
    private int _answered;

    /// <summary>Dials under way.</summary>
    internal int UnderWay { get; private set; }
    internal int MostUnderWay { get; private set; }

    /// <summary>Whether dials fail at once, as without a network.</summary>
    internal bool IsOffline { get; set; }

    /// <summary>Those who were reached, in that order.</summary>
    internal List<SimulatedPeer> Reached { get; } = [];

    internal static IPEndPoint Address(int number) => new(new IPAddress([10, 7, (byte)(number >> 8), (byte)(number & 0xff)]), 6881);

    /// <summary>Addresses at which nobody ever answers.</summary>
    internal static List<IPEndPoint> BlackHoles(int count) => Enumerable.Range(0, count).Select(i => new IPEndPoint(new IPAddress([10, 66, (byte)(i >> 8), (byte)(i & 0xff)]), 6881)).ToList();

    /// <summary>A seed that answers at an address.</summary>
    internal IPEndPoint Seed(int number, PeerBehaviour? behaviour = null)
    {
        _alive[Address(number)] = behaviour ?? new PeerBehaviour { Rate = 5_000_000 };
        return Address(number);
    }

    internal TimeSpan? Until(Func<bool> holds, TimeSpan limit) => swarm.Until(
        () =>
        {
            Answer();
            return holds();
        },
        limit);

    internal void For(TimeSpan span)
    {
        var end = swarm.Now + span;
        Until(() => swarm.Now >= end, span + TimeSpan.FromSeconds(1));
    }

    /// <summary>The network goes: every connection ends at once.</summary>
    internal void CutOff()
    {
        foreach (var peer in Reached)
        {
            peer.Close("Network is unreachable");
        }
    }

    private void Answer()
    {
        for (; _answered < swarm.Dialed.Count; _answered++)
        {
            var address = swarm.Dialed[_answered];
            UnderWay++;
            MostUnderWay = Math.Max(MostUnderWay, UnderWay);
            if (IsOffline)
            {
                swarm.After(TimeSpan.FromMilliseconds(1), () => Fail(address));
            }
            else if (_alive.TryGetValue(address, out var behaviour) && behaviour.RoundTrip <= swarm.Patience[_answered])
            {
                // One round trip for TCP, one for the handshake.
                swarm.After(2 * behaviour.RoundTrip, () => Connect(address, behaviour));
            }
            else
            {
                swarm.After(swarm.Patience[_answered], () => Fail(address));
            }
        }
    }

    private void Fail(IPEndPoint address)
    {
        UnderWay--;
        swarm.Post(new TorrentEvent.DialFailed(address, "nobody there"));
    }

    private void Connect(IPEndPoint address, PeerBehaviour behaviour)
    {
        UnderWay--;
        var peer = swarm.Connect(behaviour, dialed: address);
        Reached.Add(peer);
        peer.Say(new PeerMessage.HaveAll());
        swarm.After(behaviour.RoundTrip, () => peer.Say(new PeerMessage.Unchoke()));
    }
}
