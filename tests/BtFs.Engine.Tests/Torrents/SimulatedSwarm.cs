using System.Net;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Picking;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using BtFs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>The real loop among simulated peers, in virtual time: the same seed gives the same run.</summary>
internal sealed class SimulatedSwarm : ITorrentLinks, IPieceVerifier
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(20);

    private readonly PriorityQueue<Action, (TimeSpan At, int Order)> _agenda = new();
    private readonly ManualTimeProvider _time = new();
    private readonly TorrentInbox _inbox = new();
    private readonly int _seed;
    private int _order;
    private bool _isClosed;

    internal SimulatedSwarm(int seed, int pieceLength = 256 * 1024, long length = 4 << 20, TimeSpan? readTimeout = null, bool isMagnet = false, int maxPeers = 80)
    {
        _seed = seed;
        Random = new Random(seed);
        Layout = new TorrentLayout(pieceLength, [length]);
        Store = new InMemoryRangeStore(piece => Post(new TorrentEvent.PieceLost(piece)));
        Info = TorrentOf(pieceLength, length);
        var info = InfoDictionary.Parse(Info);
        Parts = new TransferParts(info, Layout, new PieceMap(Layout, []), Store, this, Buffers);
        var source = new TorrentSource { InfoHash = info.InfoHash, Info = isMagnet ? null : info };
        var options = new EngineOptions { CacheDirectory = "unused", MaxPeers = maxPeers, ReadTimeout = readTimeout ?? TimeSpan.FromSeconds(120) };
        Loop = new TorrentLoop(source, new LoopContext(options, ListenPort: 0, _inbox, this, _time, Random, NullLogger.Instance));
        if (!isMagnet)
        {
            Post(new TorrentEvent.TransferOpened(Parts));
        }

        After(TickEvery, TickAgain);
    }

    internal Random Random { get; }

    /// <summary>The info dictionary, as peers have it.</summary>
    internal byte[] Info { get; }
    internal TorrentLayout Layout { get; }
    internal TorrentLoop Loop { get; }
    internal TransferParts Parts { get; }
    internal InMemoryRangeStore Store { get; }
    internal SharedBufferPool Buffers { get; } = new();
    internal List<SimulatedPeer> Peers { get; } = [];
    internal List<IPEndPoint> Dialed { get; } = [];

    /// <summary>How long each of <see cref="Dialed"/> may wait for an answer.</summary>
    internal List<TimeSpan> Patience { get; } = [];
    internal int Searches { get; private set; }
    internal int Completed { get; private set; }

    internal TimeSpan Now => _time.GetElapsedTime(0);

    internal IEnumerable<PieceIndex> Pieces => Enumerable.Range(0, Layout.PieceCount).Select(i => new PieceIndex(i));

    /// <summary>A connected peer that has said nothing yet.</summary>
    /// <param name="behaviour">How it will behave.</param>
    /// <param name="dialed">The address at which it was called; null when it called us.</param>
    /// <param name="id">Its peer id; null is one of its own.</param>
    internal SimulatedPeer Connect(PeerBehaviour behaviour, IPEndPoint? dialed = null, PeerId? id = null)
    {
        var number = Peers.Count + 1;
        var peer = new SimulatedPeer(this, dialed ?? new IPEndPoint(new IPAddress([10, 0, (byte)(number >> 8), (byte)(number & 0xff)]), 6881), behaviour);
        Peers.Add(peer);
        Post(new TorrentEvent.PeerConnected(
            peer, new PeerHello(peer.Address, id ?? PeerId.New(Random), IsIncoming: dialed is null, behaviour.Fast, Extended: true, V2: false)));
        return peer;
    }

    /// <summary>A connected seed that has unchoked us, unless its behaviour says otherwise.</summary>
    internal SimulatedPeer Join(PeerBehaviour behaviour)
    {
        var peer = Connect(behaviour);
        if (behaviour.Pieces is { } pieces)
        {
            foreach (var piece in pieces)
            {
                Post(new TorrentEvent.MessageReceived(peer, new PeerMessage.Have(piece)));
            }
        }
        else
        {
            Post(new TorrentEvent.MessageReceived(peer, new PeerMessage.HaveAll()));
        }

        Post(new TorrentEvent.MessageReceived(peer, new PeerMessage.Unchoke()));
        return peer;
    }

    /// <summary>A reader begins to wait.</summary>
    internal Wish Read(int first, int? last = null)
    {
        var wish = new Wish(new PieceIndex(first), new PieceIndex(last ?? first));
        Post(new TorrentEvent.ReadWaits(wish));
        return wish;
    }

    internal void Post(TorrentEvent e) => _inbox.Post(e);

    internal void After(TimeSpan delay, Action happens) => At(Now + delay, happens);

    internal void At(TimeSpan when, Action happens)
    {
        if (!_isClosed)
        {
            _agenda.Enqueue(happens, (when, _order++));
        }
    }

    /// <summary>Lets the swarm live until something holds.</summary>
    /// <returns>How long that took, in virtual time; null when it did not come true within the limit.</returns>
    internal TimeSpan? Until(Func<bool> holds, TimeSpan limit)
    {
        var start = Now;
        Turn();
        while (!holds())
        {
            if (_agenda.Count == 0 || Now - start > limit)
            {
                return null;
            }

            _agenda.TryDequeue(out var happens, out var when);
            if (when.At > Now)
            {
                _time.Advance(when.At - Now);
            }

            happens!();
            Turn();
        }

        return Now - start;
    }

    internal void For(TimeSpan span)
    {
        var end = Now + span;
        Until(() => Now >= end, span + TimeSpan.FromSeconds(1));
    }

    /// <summary>A block's true bytes: made up when they are needed, so that a torrent may be of any size.</summary>
    internal byte[] Content(BlockRef block)
    {
        var bytes = new byte[block.Length];
        new Random(unchecked((_seed * 1_000_003) + (block.Piece.Value * 4_099) + block.Number)).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Ends the loop as the torrent does. Nothing may be held after that.</summary>
    internal void Close()
    {
        Assert.True(Loop.CloseAsync().IsCompletedSuccessfully);
        _isClosed = true;
        while (_agenda.TryDequeue(out var happens, out _))
        {
            happens();
        }

        Assert.True(Store.DisposeAsync().IsCompletedSuccessfully);
        Assert.Equal(0, Buffers.LiveBytes);
    }

    /// <summary>Whether the store holds exactly what the torrent promises of a piece.</summary>
    internal bool IsRight(PieceIndex piece)
    {
        using var bytes = new ContentSegments();
        var copy = new byte[Layout.LengthOf(piece)];
        if (!Store.TryRead(new PieceSlice(piece, 0, copy.Length), bytes))
        {
            return false;
        }

        bytes.CopyTo(copy);
        return IsTrue(piece, copy);
    }

    public void Dial(IPEndPoint address, TimeSpan patience)
    {
        Dialed.Add(address);
        Patience.Add(patience);
    }

    public void FindPeers() => Searches++;

    public void ContentCompleted() => Completed++;

    public void MetadataArrived(byte[] info)
    {
        Assert.Equal(Info, info);
        After(TimeSpan.FromMilliseconds(5), () => Post(new TorrentEvent.TransferOpened(Parts)));
    }

    public void Submit(PieceAssembly assembly, bool urgent, Action<VerifiedRange?> done)
    {
        Assert.True(assembly.IsComplete);
        Assert.True(assembly.Bytes.TryHold());
        After(TimeSpan.FromMilliseconds(1), () =>
        {
            if (IsTrue(assembly.Piece, assembly.Bytes.GetSpan()[..assembly.Length]))
            {
                done(new VerifiedRange(new PieceSlice(assembly.Piece, 0, assembly.Length), assembly.Bytes));
            }
            else
            {
                assembly.Bytes.Release();
                done(null);
            }
        });
    }

    private bool IsTrue(PieceIndex piece, ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < Layout.BlocksIn(piece); i++)
        {
            var block = Layout.BlockAt(piece, i);
            if (!bytes.Slice(block.Offset, block.Length).SequenceEqual(Content(block)))
            {
                return false;
            }
        }

        return true;
    }

    private byte[] TorrentOf(int pieceLength, long length) => TorrentWriter.WriteInfo(new TorrentDraft
    {
        Name = "simulated",
        PieceLength = pieceLength,
        Files = [TorrentFile.At("simulated", length)],
        IsSingleFile = true,
        PieceHashes = new byte[Layout.PieceCount * InfoHash.Size],
    });

    private void TickAgain()
    {
        if (!_isClosed)
        {
            Post(new TorrentEvent.Tick());
            After(TickEvery, TickAgain);
        }
    }

    private void Turn()
    {
        while (_inbox.TryTake(out var e))
        {
            Loop.Handle(e);
        }

        Loop.EndTurn();
    }
}
