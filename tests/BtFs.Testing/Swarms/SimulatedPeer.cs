using System.Buffers;
using System.Net;
using BtFs.Engine;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;

namespace BtFs.Testing.Swarms;

/// <summary>Our end of the wire to a simulated peer; the far end is its <see cref="PeerService"/>.</summary>
/// <remarks>Checks what a strict peer would: no request twice, none while it chokes, none for a piece it does not have, none above its limit.</remarks>
internal sealed class SimulatedPeer : IPeerWire
{
    private readonly SimulatedSwarm _swarm;
    private readonly PeerService _service;
    private readonly ChokingLife? _choking;
    private readonly Random _random;
    private readonly DelayLine<(BlockRef Block, bool IsCancel)> _path;
    private readonly HashSet<BlockRef> _owed = [];

    // As a session keeps it: the newest target of each request, and a choke takes nothing out, since the block may be on its way.
    private readonly Dictionary<BlockRef, PieceAssembly> _expected = [];
    private readonly HashSet<int>? _pieces;
    private bool _chokeIsHeard;
    private bool _isClosed;

    internal SimulatedPeer(SimulatedSwarm swarm, IPEndPoint address, PeerBehaviour behaviour, Random random)
    {
        _swarm = swarm;
        Address = address;
        Behaviour = behaviour;
        _random = random;
        _pieces = behaviour.Pieces?.ToHashSet();
        _service = new PeerService(swarm, this, random);
        _path = new DelayLine<(BlockRef Block, bool IsCancel)>(swarm.Agenda, behaviour.RoundTrip / 2, TakeUp);
        if (behaviour.Choking is { } rounds)
        {
            _choking = new ChokingLife(swarm, _service, rounds, random);
        }
    }

    internal IPEndPoint Address { get; }
    internal PeerBehaviour Behaviour { get; }

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

    /// <summary>Bytes of blocks that came from it.</summary>
    internal long BytesGiven { get; private set; }

    /// <summary>Corrupt blocks of it that went into a piece.</summary>
    internal int SpoiltBlocks { get; private set; }
    internal string? ClosedBecause { get; private set; }

    /// <summary>Whether it chokes, at its own end.</summary>
    internal bool Chokes => _service.Chokes;

    /// <summary>Times that its service stopped.</summary>
    internal int Stalls => _service.Stalls;

    public long BytesQueued { get; set; }

    /// <summary>What TCP would measure: its packets wait in our link's queue, too.</summary>
    public TimeSpan? RoundTrip => Behaviour.RoundTrip + (_swarm.Link?.Delay ?? TimeSpan.Zero);

    public void Send(PeerMessage message)
    {
        Heard.Add(message);
        Hears?.Invoke(message);
    }

    public void Request(BlockRef block, PieceAssembly target)
    {
        if (_chokeIsHeard && !Granted.Contains(block.Piece.Value))
        {
            throw Broken($"was asked for {block} while it chokes");
        }

        if (_pieces is not null && !_pieces.Contains(block.Piece.Value))
        {
            throw Broken($"was asked for {block} and does not have it");
        }

        if (!_owed.Add(block))
        {
            throw Broken($"was asked twice for {block}");
        }

        if (_owed.Count > Behaviour.RequestLimit)
        {
            throw Broken($"was asked for more than {Behaviour.RequestLimit} blocks at a time");
        }

        _expected[block] = target;
        Asked.Add(block);
        _swarm.Counts.Requests++;
        _path.Put((block, false));
    }

    public void Cancel(BlockRef block)
    {
        if (!Behaviour.Fast)
        {
            throw Broken("heard a CANCEL: without BEP 6 it has no certain answer");
        }

        Cancelled++;
        _swarm.Counts.Cancels++;
        _path.Put((block, true));
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
            _service.Close();
            _choking?.End();
            _swarm.Post(new TorrentEvent.PeerGone(this, reason));
        }
    }

    /// <summary>Says something, at once.</summary>
    internal void Say(PeerMessage message) => _swarm.Post(new TorrentEvent.MessageReceived(this, message));

    /// <summary>Chokes us: what it has not written yet it will not send.</summary>
    internal void Choke() => _service.Choke();

    internal void Unchoke() => _service.Unchoke();

    /// <summary>Begins to choke and unchoke as it likes.</summary>
    internal void BeginRounds()
    {
        _chokeIsHeard = true;
        _service.Choke();
        _choking!.Begin();
    }

    /// <summary>Lets go of what is only remembered for tests to look at.</summary>
    internal void ForgetThePast()
    {
        Asked.Clear();
        Heard.Clear();
        Served.Clear();
    }

    /// <summary>Its end of the connection is gone, and nobody says so.</summary>
    internal void Vanish() => _service.Close();

    /// <summary>It let go of a request, and nothing will tell.</summary>
    internal void Forgot(BlockRef block) => _owed.Remove(block);

    /// <summary>Something it sent is here.</summary>
    internal void Arrive(OutputItem item)
    {
        if (_isClosed)
        {
            return;
        }

        if (item.Message is { } message)
        {
            Heed(message);
            Say(message);
            return;
        }

        var block = item.Block;
        _owed.Remove(block);
        BytesGiven += block.Length;
        if (!_expected.Remove(block, out var target))
        {
            // Asked for again after a choke that voided it, it comes twice.
            _swarm.CountStray(block);
            _swarm.Post(new TorrentEvent.StrayBlockReceived(this, block.Length));
            return;
        }

        var isSpoilt = Behaviour.Corruption > 0 && _random.NextDouble() < Behaviour.Corruption;
        var bytes = isSpoilt ? _swarm.Content.Spoilt(block, _random) : _swarm.Content.Of(block);
        var taken = target.TryWrite(block, new ReadOnlySequence<byte>(bytes));
        SpoiltBlocks += isSpoilt && taken ? 1 : 0;
        _swarm.CountBlock(block, target, taken, isSpoilt);
        _swarm.Post(new TorrentEvent.BlocksReceived(this, new ReceivedBlock(block, target, taken)));
    }

    private void TakeUp((BlockRef Block, bool IsCancel) message)
    {
        if (message.IsCancel)
        {
            _service.Drop(message.Block);
        }
        else
        {
            _service.Take(message.Block);
        }
    }

    private void Heed(PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Choke:
                _chokeIsHeard = true;
                if (!Behaviour.Fast)
                {
                    _owed.Clear();
                }

                break;
            case PeerMessage.Unchoke: _chokeIsHeard = false; break;
            case PeerMessage.RejectRequest reject when _swarm.Layout.TryBlock(reject.Piece, reject.Begin, reject.Length, out var block):
                _owed.Remove(block);
                _expected.Remove(block);
                _swarm.Counts.Rejects++;
                break;
            default: break;
        }
    }

    private BrokenRuleException Broken(string complaint) => new($"{Address} {complaint}.");
}
