using System.Buffers;
using System.Net;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>How a simulated peer behaves.</summary>
internal sealed record PeerBehaviour
{
    /// <summary>Bytes per second that it sends.</summary>
    internal double Rate { get; init; } = 500_000;
    internal TimeSpan RoundTrip { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether it speaks BEP 6.</summary>
    internal bool Fast { get; init; } = true;

    /// <summary>Share of its blocks that are corrupt, 0 to 1.</summary>
    internal double Corruption { get; init; }

    /// <summary>Whether it takes requests and never answers.</summary>
    internal bool IsSilent { get; init; }

    /// <summary>Whether it drops a cancelled request without a word, though it speaks BEP 6.</summary>
    internal bool SwallowsCancels { get; init; }

    /// <summary>Whether it refuses every request.</summary>
    internal bool RefusesAll { get; init; }

    /// <summary>The pieces it has; null is all.</summary>
    internal int[]? Pieces { get; init; }
}

/// <summary>A peer in virtual time: serves requests one after another at its rate, a round trip away.</summary>
/// <remarks>Checks what a strict peer would: no request twice, none while it chokes, none for a piece it does not have.</remarks>
internal sealed class SimulatedPeer(SimulatedSwarm swarm, IPEndPoint address, PeerBehaviour behaviour) : IPeerWire
{
    private readonly Dictionary<BlockRef, PieceAssembly> _owed = [];
    private TimeSpan _busyUntil;
    private bool _isClosed;

    internal IPEndPoint Address { get; } = address;
    internal PeerBehaviour Behaviour { get; } = behaviour;

    /// <summary>Every block it was ever asked for.</summary>
    internal List<BlockRef> Asked { get; } = [];

    /// <summary>What it has been told, but for requests.</summary>
    internal List<PeerMessage> Heard { get; } = [];

    /// <summary>Pieces it gives even while it chokes.</summary>
    internal HashSet<int> Granted { get; } = [];

    /// <summary>What it does when it is told something.</summary>
    internal Action<PeerMessage>? Hears { get; set; }

    /// <summary>The blocks it was sent.</summary>
    internal List<BlockRef> Served { get; } = [];

    internal int Cancelled { get; private set; }
    internal string? ClosedBecause { get; private set; }
    internal bool Chokes { get; private set; }

    public long BytesQueued { get; set; }

    public TimeSpan? RoundTrip => Behaviour.RoundTrip;

    public void Send(PeerMessage message)
    {
        Heard.Add(message);
        Hears?.Invoke(message);
    }

    public void Request(BlockRef block, PieceAssembly target)
    {
        Assert.True(!Chokes || Granted.Contains(block.Piece.Value), $"{Address} was asked for {block} while it chokes.");
        Assert.True(Behaviour.Pieces is null || Behaviour.Pieces.Contains(block.Piece.Value), $"{Address} does not have {block}.");
        Assert.True(_owed.TryAdd(block, target), $"{Address} was asked twice for {block}.");
        Asked.Add(block);
        if (Behaviour.RefusesAll)
        {
            swarm.After(Behaviour.RoundTrip, () => Refuse(block));
            return;
        }

        if (Behaviour.IsSilent)
        {
            return;
        }

        var half = Behaviour.RoundTrip / 2;
        var start = swarm.Now + half > _busyUntil ? swarm.Now + half : _busyUntil;
        _busyUntil = start + TimeSpan.FromSeconds(block.Length / Behaviour.Rate);
        swarm.At(_busyUntil + half, () => Deliver(block));
    }

    public void Cancel(BlockRef block)
    {
        Assert.True(Behaviour.Fast, "Without BEP 6 a CANCEL has no certain answer.");
        Cancelled++;
        if (Behaviour.SwallowsCancels)
        {
            _owed.Remove(block);
            return;
        }

        swarm.After(Behaviour.RoundTrip, () => Refuse(block));
    }

    public void SendBlock(BlockRef block, ContentSegments bytes)
    {
        Served.Add(block);
        bytes.Dispose();
    }

    public void Flush()
    {
    }

    public void Close(string reason)
    {
        if (!_isClosed)
        {
            _isClosed = true;
            ClosedBecause = reason;
            swarm.Post(new TorrentEvent.PeerGone(this, reason));
        }
    }

    /// <summary>Says something.</summary>
    internal void Say(PeerMessage message) => swarm.Post(new TorrentEvent.MessageReceived(this, message));

    internal void Choke()
    {
        Chokes = true;
        swarm.Post(new TorrentEvent.MessageReceived(this, new PeerMessage.Choke()));
        foreach (var block in _owed.Keys.ToList())
        {
            if (Behaviour.Fast)
            {
                Refuse(block);
            }
        }

        _owed.Clear();
    }

    internal void Unchoke()
    {
        Chokes = false;
        swarm.Post(new TorrentEvent.MessageReceived(this, new PeerMessage.Unchoke()));
    }

    private void Refuse(BlockRef block)
    {
        if (!_isClosed && _owed.Remove(block))
        {
            swarm.Post(new TorrentEvent.MessageReceived(this, new PeerMessage.RejectRequest(block.Piece.Value, block.Offset, block.Length)));
        }
    }

    private void Deliver(BlockRef block)
    {
        if (_isClosed || !_owed.Remove(block, out var target))
        {
            return;
        }

        var bytes = swarm.Content(block);
        if (swarm.Random.NextDouble() < Behaviour.Corruption)
        {
            bytes[swarm.Random.Next(bytes.Length)] ^= 0x5a;
        }

        var taken = target.TryWrite(block, new ReadOnlySequence<byte>(bytes));
        swarm.Post(new TorrentEvent.BlocksReceived(this, new ReceivedBlock(block, target, taken)));
    }
}
