using System.Net;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>A peer that keeps to no rule: it says what the test has it say, and answers nothing.</summary>
internal sealed class UnrulyPeer : IPeerWire
{
    private readonly SimulatedSwarm _swarm;

    internal UnrulyPeer(SimulatedSwarm swarm, int number, bool fast, IPEndPoint? from = null)
    {
        _swarm = swarm;
        var address = from ?? new IPEndPoint(new IPAddress([10, 99, 0, (byte)number]), 6881);
        swarm.Post(new TorrentEvent.PeerConnected(this, new PeerHello(address, PeerIds.New("-XX0000-", new Random(number)), IsIncoming: true, fast, Extended: true, V2: false) { Dht = true }));
    }

    /// <summary>Why it was sent away; null while it is here.</summary>
    internal string? ClosedBecause { get; private set; }

    /// <summary>Blocks that it was sent.</summary>
    internal int Served { get; private set; }

    /// <summary>What it was told, but for requests and blocks.</summary>
    internal int Told { get; private set; }

    public long BytesQueued => 0;

    public TimeSpan? RoundTrip => null;

    internal void Say(PeerMessage message)
    {
        if (ClosedBecause is null)
        {
            _swarm.Post(new TorrentEvent.MessageReceived(this, message));
        }
    }

    public void Send(PeerMessage message) => Told++;

    public void Request(BlockRef block, PieceAssembly target)
    {
    }

    public void Cancel(BlockRef block)
    {
    }

    public void SendBlock(BlockRef block, ContentSegments bytes)
    {
        Served++;
        bytes.Dispose();
    }

    public void Flush()
    {
    }

    public void Close(string reason)
    {
        if (ClosedBecause is null)
        {
            ClosedBecause = reason;
            _swarm.Post(new TorrentEvent.PeerGone(this, reason));
        }
    }
}
