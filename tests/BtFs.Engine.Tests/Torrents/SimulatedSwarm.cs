using System.Net;
using System.Security.Cryptography;
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
    private readonly byte[] _content;
    private readonly byte[][] _hashes;
    private int _order;

    internal SimulatedSwarm(int seed, int pieceLength = 256 * 1024, long length = 4 << 20, TimeSpan? readTimeout = null)
    {
        Random = new Random(seed);
        Layout = new TorrentLayout(pieceLength, [length]);
        _content = new byte[length];
        new Random(seed + 1).NextBytes(_content);
        _hashes = [.. Pieces.Select(piece => SHA1.HashData(Original(piece)))];
        Store = new InMemoryRangeStore(piece => Post(new TorrentEvent.PieceLost(piece)));
        var info = InfoDictionary.Parse(TorrentOf(pieceLength, length));
        Parts = new TransferParts(info, Layout, new PieceMap(Layout, []), Store, this, Buffers);
        var source = new TorrentSource { InfoHash = info.InfoHash, Info = info };
        var options = new EngineOptions { CacheDirectory = "unused", ReadTimeout = readTimeout ?? TimeSpan.FromSeconds(120) };
        Loop = new TorrentLoop(source, new LoopContext(options, ListenPort: 0, _inbox, this, _time, Random, NullLogger.Instance));
        Post(new TorrentEvent.TransferOpened(Parts));
        After(TickEvery, TickAgain);
    }

    internal Random Random { get; }
    internal TorrentLayout Layout { get; }
    internal TorrentLoop Loop { get; }
    internal TransferParts Parts { get; }
    internal InMemoryRangeStore Store { get; }
    internal SharedBufferPool Buffers { get; } = new();
    internal List<SimulatedPeer> Peers { get; } = [];
    internal List<IPEndPoint> Dialed { get; } = [];
    internal int Searches { get; private set; }
    internal int Completed { get; private set; }

    internal TimeSpan Now => _time.GetElapsedTime(0);

    internal IEnumerable<PieceIndex> Pieces => Enumerable.Range(0, Layout.PieceCount).Select(i => new PieceIndex(i));

    /// <summary>A connected seed that has unchoked us, unless its behaviour says otherwise.</summary>
    internal SimulatedPeer Join(PeerBehaviour behaviour)
    {
        var number = Peers.Count + 1;
        var peer = new SimulatedPeer(this, new IPEndPoint(new IPAddress([10, 0, (byte)(number >> 8), (byte)number]), 6881), behaviour);
        Peers.Add(peer);
        Post(new TorrentEvent.PeerConnected(peer, new PeerHello(peer.Address, PeerId.New(Random), IsIncoming: true, behaviour.Fast, Extended: true, V2: false)));
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

    internal void At(TimeSpan when, Action happens) => _agenda.Enqueue(happens, (when, _order++));

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

    /// <summary>A block's true bytes.</summary>
    internal byte[] Content(BlockRef block) => _content.AsSpan((int)Layout.StartOf(block.Piece) + block.Offset, block.Length).ToArray();

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
        return copy.AsSpan().SequenceEqual(Original(piece));
    }

    public void Dial(IPEndPoint address) => Dialed.Add(address);

    public void FindPeers() => Searches++;

    public void ContentCompleted() => Completed++;

    public void MetadataArrived(byte[] info) => throw new InvalidOperationException("The metadata is known.");

    public void Submit(PieceAssembly assembly, bool urgent, Action<VerifiedRange?> done)
    {
        Assert.True(assembly.IsComplete);
        Assert.True(assembly.Bytes.TryHold());
        After(TimeSpan.FromMilliseconds(1), () =>
        {
            if (SHA1.HashData(assembly.Bytes.GetSpan()[..assembly.Length]).AsSpan().SequenceEqual(_hashes[assembly.Piece.Value]))
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

    private ReadOnlySpan<byte> Original(PieceIndex piece) => _content.AsSpan((int)Layout.StartOf(piece), Layout.LengthOf(piece));

    private byte[] TorrentOf(int pieceLength, long length) => TorrentWriter.WriteInfo(new TorrentDraft
    {
        Name = "simulated",
        PieceLength = pieceLength,
        Files = [TorrentFile.At("simulated", length)],
        IsSingleFile = true,
        PieceHashes = _hashes.SelectMany(hash => hash).ToArray(),
    });

    private void TickAgain()
    {
        Post(new TorrentEvent.Tick());
        After(TickEvery, TickAgain);
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
