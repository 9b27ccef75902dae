using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Engine.Peers;
using BtFs.Protocol.Extensions;

namespace BtFs.Engine.Torrents;

/// <summary>Brings together peers that cannot be called, and has others do that for us (BEP 55). Never for a private torrent. Owned by the loop.</summary>
/// <remarks>
/// Two routers that let nothing in let in what answers. A relay, which both are connected to, tells each where the other is at the same moment;
/// both call by uTP, from the port by which the relay knows them, and for each router the other's call is an answer.
/// </remarks>
internal sealed class Holepunching(LoopContext context, Swarm swarm)
{
    /// <summary>Addresses of which is known who has told us.</summary>
    internal const int MaxIntroductions = 500;

    /// <summary>Messages that one peer may send at once, and how often in the long run; the rest is ignored.</summary>
    internal const int Burst = 10;
    internal static readonly TimeSpan HearEvery = TimeSpan.FromSeconds(2);

    private readonly Dictionary<IPEndPoint, Peer> _introducedBy = [];
    private readonly Dictionary<Peer, (double Credit, TimeSpan At)> _credit = [];

    /// <summary>A peer tells of another, which it is connected to.</summary>
    internal void Introduced(IPEndPoint address, Peer by)
    {
        if (_introducedBy.Count < MaxIntroductions)
        {
            _introducedBy.TryAdd(address, by);
        }
    }

    /// <summary>An address could not be called: who has told us of it may help, once.</summary>
    internal void DialFailed(IPEndPoint address)
    {
        if (_introducedBy.Remove(address, out var relay) && relay is { IsLeaving: false, HolepunchExtension: not 0 })
        {
            Send(relay, new HolepunchMessage(HolepunchMessageType.Rendezvous, address));
        }
    }

    /// <summary>A peer asks or says something.</summary>
    internal void Hear(Peer from, HolepunchMessage message, TimeSpan now)
    {
        if (from.HolepunchExtension == 0 || !MaySpeak(from, now))
        {
            return;
        }

        if (message.Type == HolepunchMessageType.Rendezvous)
        {
            Relay(from, message.Address);
        }
        else if (message.Type == HolepunchMessageType.Connect && AddressScope.MayName(from.Hello.Address.Address, message.Address.Address))
        {
            swarm.Punch(message.Address, now);
        }
        else if (message.Type == HolepunchMessageType.Error)
        {
            Log.NotPunched(context.Log, message.Address, message.Error);
        }
    }

    /// <summary>A peer is gone.</summary>
    internal void Forget(Peer peer)
    {
        _credit.Remove(peer);
        foreach (var address in _introducedBy.Where(pair => pair.Value == peer).Select(pair => pair.Key).ToList())
        {
            _introducedBy.Remove(address);
        }
    }

    private void Relay(Peer from, IPEndPoint wanted)
    {
        if (!AddressScope.MayName(from.Hello.Address.Address, wanted.Address))
        {
            Refuse(from, wanted, HolepunchError.NoSuchPeer);
        }
        else if (wanted.Address.Equals(from.SeesUsAt) && wanted.Port == context.Ports.Tcp)
        {
            Refuse(from, wanted, HolepunchError.NoSelf);
        }
        else if (swarm.FindAt(wanted) is not { IsLeaving: false } target || target == from || swarm.PunchableAt(target) is not { } theirs)
        {
            Refuse(from, wanted, HolepunchError.NotConnected);
        }
        else if (target.HolepunchExtension == 0)
        {
            Refuse(from, wanted, HolepunchError.NoSupport);
        }
        else if (swarm.PunchableAt(from) is { } ours && AddressScope.MayName(target.Hello.Address.Address, ours.Address))
        {
            Send(target, new HolepunchMessage(HolepunchMessageType.Connect, ours));
            Send(from, new HolepunchMessage(HolepunchMessageType.Connect, theirs));
        }
    }

    private static void Refuse(Peer from, IPEndPoint wanted, HolepunchError why) =>
        Send(from, new HolepunchMessage(HolepunchMessageType.Error, wanted, why));

    private static void Send(Peer to, HolepunchMessage message) => to.Send(message.ToMessage(to.HolepunchExtension));

    private bool MaySpeak(Peer peer, TimeSpan now)
    {
        var (credit, at) = _credit.TryGetValue(peer, out var known) ? known : (Burst, now);
        credit = Math.Min(Burst, credit + ((now - at) / HearEvery));
        _credit[peer] = (credit >= 1 ? credit - 1 : credit, now);
        return credit >= 1;
    }
}
