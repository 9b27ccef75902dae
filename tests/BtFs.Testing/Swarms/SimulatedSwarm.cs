using System.Net;
using BtFs.Engine;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Picking;
using BtFs.Engine.PortMapping;
using BtFs.Engine.Reports;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms.Readers;

namespace BtFs.Testing.Swarms;

/// <summary>The real loop among simulated peers, in virtual time: the same seed gives the same run.</summary>
/// <remarks>
/// What happens at one moment is one turn of the loop, and the loop is ticked as often as it asks to be. Readers run on the same thread:
/// start them with <see cref="Start"/>. For tables of many runs see <see cref="Scenarios.ScenarioTable"/>.
/// </remarks>
internal sealed class SimulatedSwarm : ITorrentLinks
{
    private readonly TorrentInbox _inbox = new();
    private readonly ReaderThread _readers = new();
    private readonly List<Task> _started = [];
    private readonly AgendaTime _time;
    private readonly AgendaTimer _ticks;
    private readonly SimulatedVerifier _verifier;
    private readonly SwarmShape _shape;
    private TimeSpan _pace = Timeout.InfiniteTimeSpan;
    private int _connected;
    private bool _isClosed;

    internal SimulatedSwarm(int seed, int pieceLength = 256 * 1024, long length = 4 << 20, TimeSpan? readTimeout = null, bool isMagnet = false, int maxPeers = 80)
        : this(new SwarmShape
        {
            Seed = seed,
            PieceLength = pieceLength,
            FileLengths = [length],
            ReadTimeout = readTimeout ?? TimeSpan.FromSeconds(120),
            IsMagnet = isMagnet,
            MaxPeers = maxPeers,
        })
    {
    }

    internal SimulatedSwarm(SwarmShape shape)
    {
        _shape = shape;
        _time = new AgendaTime(Agenda);
        _ticks = new AgendaTimer(Agenda, () => Post(new TorrentEvent.Tick()));
        Random = new Random(shape.Seed);
        Layout = new TorrentLayout(shape.PieceLength, shape.FileLengths);
        Content = new SwarmContent(Layout, shape.Seed);
        Store = new InMemoryRangeStore(piece => Post(new TorrentEvent.PieceLost(piece)), shape.KeepsBytes ? null : Buffers.Rent(shape.PieceLength));
        Link = shape.LinkRate is { } rate ? new SharedLink(Agenda, rate, (long)(rate * shape.LinkDepth)) : null;
        _verifier = new SimulatedVerifier(this, shape.KeepsBytes);
        Info = TorrentOf(shape);
        var info = InfoDictionary.Parse(Info);
        Parts = new TransferParts(info, Layout, new PieceMap(Layout, []), Store, _verifier, Buffers) { Selected = shape.Selected };
        var source = new TorrentSource { InfoHash = info.InfoHash, Info = shape.IsMagnet ? null : info };
        var options = new EngineOptions { CacheDirectory = "unused", MaxPeers = shape.MaxPeers, Prefetch = shape.Prefetch, ReadTimeout = shape.ReadTimeout };
        Context = new LoopContext(options, new PublicPorts(0, 0), _inbox, this, _time, Random, shape.Log)
        {
            Share = shape.Share ?? ConnectionShare.OfOne(),
        };
        Loop = new TorrentLoop(source, Context);
        if (!shape.IsMagnet)
        {
            Post(new TorrentEvent.TransferOpened(Parts));
        }
    }

    internal Agenda Agenda { get; } = new();
    internal Random Random { get; }

    /// <summary>The info dictionary, as peers have it.</summary>
    internal byte[] Info { get; }
    internal TorrentLayout Layout { get; }
    internal SwarmContent Content { get; }
    internal TorrentLoop Loop { get; }

    /// <summary>What the loop was made with.</summary>
    internal LoopContext Context { get; }
    internal TransferParts Parts { get; }
    internal InMemoryRangeStore Store { get; }
    internal SharedLink? Link { get; }
    internal SwarmCounts Counts { get; } = new();
    internal SharedBufferPool Buffers { get; } = new();
    internal List<SimulatedPeer> Peers { get; } = [];
    internal List<IPEndPoint> Dialed { get; } = [];

    /// <summary>How long each of <see cref="Dialed"/> may wait for an answer.</summary>
    internal List<TimeSpan> Patience { get; } = [];

    /// <summary>What came of asking for peers, as the loop is told.</summary>
    public PeerSources Sources { get; set; } = PeerSources.None;

    internal int Searches { get; private set; }
    internal int Completed { get; private set; }

    /// <summary>Told of each block that comes.</summary>
    internal Action<BlockRef>? BlockArrived { get; set; }

    /// <summary>Turns of the loop.</summary>
    internal long Turns { get; private set; }

    internal TimeSpan Now => Agenda.Now;

    /// <summary>Whether the store has every byte, so that answers can be compared.</summary>
    internal bool KeepsBytes => _shape.KeepsBytes;

    internal IEnumerable<PieceIndex> Pieces => Enumerable.Range(0, Layout.PieceCount).Select(i => new PieceIndex(i));

    /// <summary>A connected peer that has said nothing yet.</summary>
    /// <param name="behaviour">How it will behave.</param>
    /// <param name="dialed">The address at which it was called; null when it called us.</param>
    /// <param name="id">Its peer id; null is one of its own.</param>
    internal SimulatedPeer Connect(PeerBehaviour behaviour, IPEndPoint? dialed = null, PeerId? id = null)
    {
        var number = ++_connected;
        var random = new Random(unchecked((_shape.Seed * 7919) + number));
        var peer = new SimulatedPeer(this, dialed ?? new IPEndPoint(new IPAddress([10, 0, (byte)(number >> 8), (byte)(number & 0xff)]), 6881), behaviour, random);
        Peers.Add(peer);
        var hello = new PeerHello(peer.Address, id ?? PeerIds.New(behaviour.Client, random), IsIncoming: dialed is null, behaviour.Fast, Extended: true, V2: false);
        Post(new TorrentEvent.PeerConnected(peer, hello));
        return peer;
    }

    /// <summary>A connected peer that has told what it has, and has unchoked us unless it does so by rounds.</summary>
    internal SimulatedPeer Join(PeerBehaviour behaviour)
    {
        var peer = Connect(behaviour);
        if (behaviour.RequestLimit is { } limit)
        {
            peer.Say(new ExtensionHandshake { Ids = new Dictionary<string, byte>(), RequestQueue = limit }.ToMessage());
        }

        if (behaviour.Pieces is { } pieces)
        {
            foreach (var piece in pieces)
            {
                peer.Say(new PeerMessage.Have(piece));
            }
        }
        else
        {
            peer.Say(new PeerMessage.HaveAll());
        }

        if (behaviour.Choking is null)
        {
            peer.Say(new PeerMessage.Unchoke());
        }
        else
        {
            peer.BeginRounds();
        }

        return peer;
    }

    /// <summary>A reader begins to wait.</summary>
    internal Wish Read(int first, int? last = null)
    {
        var wish = new Wish(new PieceIndex(first), new PieceIndex(last ?? first));
        Post(new TorrentEvent.ReadWaits(wish));
        return wish;
    }

    /// <summary>An open handle, as the mount has it.</summary>
    internal IContentReader Open(int file = 0) => new ContentReader(new FileIndex(file), ReadingStyle.Following, Layout, Store, _inbox, _time);

    /// <summary>Starts a reader, on this thread. What it throws comes out of <see cref="Until"/>.</summary>
    internal Task Start(Func<Task> reader)
    {
        using var shift = _readers.Enter();
        var task = reader();
        _started.Add(task);
        return task;
    }

    /// <summary>Starts a reader that ends when the swarm is closed, if not before.</summary>
    internal Task Start(ISimulatedReader reader, Random random) => Start(async () =>
    {
        try
        {
            await reader.RunAsync(this, random);
        }
        catch (ContentUnavailableException) when (_isClosed)
        {
            // The way a read ends that waits when the torrent is closed.
        }
    });

    /// <summary>For readers: lets virtual time pass.</summary>
    internal Task Delay(TimeSpan span)
    {
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        At(Now + span, passed.SetResult);
        return passed.Task;
    }

    internal void Post(TorrentEvent e) => _inbox.Post(e);

    internal void After(TimeSpan delay, Action happens) => At(Now + delay, happens);

    internal void At(TimeSpan when, Action happens)
    {
        if (!_isClosed)
        {
            Agenda.At(when, happens);
        }
    }

    /// <summary>Lets the swarm live until something holds.</summary>
    /// <returns>How long that took, in virtual time; null when it did not come true within the limit.</returns>
    internal TimeSpan? Until(Func<bool> holds, TimeSpan limit)
    {
        using var shift = _readers.Enter();
        var start = Now;
        Turn();
        while (!holds())
        {
            if (Agenda.IsEmpty || Agenda.Next - start > limit)
            {
                return null;
            }

            Agenda.Step();
            Turn();
        }

        return Now - start;
    }

    internal void For(TimeSpan span)
    {
        var end = Now + span;
        At(end, () => { });
        Until(() => Now >= end, span);
    }

    /// <summary>Lets time pass in which our own process stands still, and the rest of the world does not.</summary>
    internal void StandStill(TimeSpan span)
    {
        var end = Now + span;
        At(end, () => { });
        while (Now < end)
        {
            Agenda.Step();
        }
    }

    /// <summary>Lets go of what is only remembered for tests to look at, so that the rest can be weighed.</summary>
    internal void ForgetThePast()
    {
        Peers.RemoveAll(peer => peer.ClosedBecause is not null);
        Dialed.Clear();
        Patience.Clear();
        foreach (var peer in Peers)
        {
            peer.ForgetThePast();
        }
    }

    /// <summary>Ends the loop as the torrent does. Nothing may be held after that.</summary>
    internal void Close()
    {
        using var shift = _readers.Enter();
        _isClosed = true;
        _ticks.Dispose();
        Expect(Loop.CloseAsync().IsCompletedSuccessfully, "the loop waited for something");
        while (_readers.Run())
        {
            // Readers that had to wait hear that they wait for nothing.
        }

        Agenda.Drain();
        Expect(Store.DisposeAsync().IsCompletedSuccessfully, "the store waited for something");
        Expect(Buffers.LiveBytes == 0, $"{Buffers.LiveBytes} bytes are still held");
        Buffers.Dispose();
        Rethrow();
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
        return Content.IsTrue(piece, copy);
    }

    /// <summary>A block has come over a wire.</summary>
    internal void CountBlock(BlockRef block, PieceAssembly target, bool taken, bool isSpoilt)
    {
        Counts.Blocks++;
        BlockArrived?.Invoke(block);
        if (!taken)
        {
            Counts.UselessBlocks++;
            Counts.UselessBytes += block.Length;
            return;
        }

        Counts.UsefulBytes += block.Length;
        if (isSpoilt)
        {
            _verifier.Spoilt(target);
        }
    }

    /// <summary>A block has come that nobody expects any more.</summary>
    internal void CountStray(BlockRef block)
    {
        Counts.Blocks++;
        Counts.UselessBlocks++;
        Counts.UselessBytes += block.Length;
    }

    public void Dial(IPEndPoint address, TimeSpan patience, DialWay way)
    {
        Dialed.Add(address);
        Patience.Add(patience);
    }

    public void FindPeers() => Searches++;

    public void MeetNode(IPEndPoint address)
    {
    }

    public void ContentCompleted() => Completed++;

    public void MetadataArrived(byte[] info)
    {
        Expect(info.AsSpan().SequenceEqual(Info), "another info dictionary came than was sent");
        After(TimeSpan.FromMilliseconds(5), () => Post(new TorrentEvent.TransferOpened(Parts)));
    }

    private static byte[] TorrentOf(SwarmShape shape) => TorrentWriter.WriteInfo(new TorrentDraft
    {
        Name = "simulated",
        PieceLength = shape.PieceLength,
        Files = [.. shape.FileLengths.Select((length, i) => TorrentFile.At(shape.FileLengths.Count == 1 ? "simulated" : $"file {i}", length))],
        IsSingleFile = shape.FileLengths.Count == 1,
        IsPrivate = shape.IsPrivate,
        PieceHashes = new byte[new TorrentLayout(shape.PieceLength, shape.FileLengths).PieceCount * InfoHash.Size],
    });

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new BrokenRuleException($"At the end, {otherwise}.");
        }
    }

    /// <summary>Handles all that happened at this moment, and all that readers did about it.</summary>
    private void Turn()
    {
        bool anything;
        do
        {
            anything = false;
            while (_inbox.TryTake(out var e))
            {
                Loop.Handle(e);
                anything = true;
            }

            if (anything)
            {
                Turns++;
                Loop.EndTurn();
                KeepPace();
            }

            if (_readers.Run())
            {
                anything = true;
                Rethrow();
            }
        }
        while (anything);
    }

    /// <summary>As the loop's own timer does.</summary>
    private void KeepPace()
    {
        if (_pace != Loop.Pace)
        {
            _pace = Loop.Pace;
            _ticks.Change(_pace, _pace);
        }
    }

    private void Rethrow()
    {
        foreach (var task in _started)
        {
            if (task.IsFaulted)
            {
                task.GetAwaiter().GetResult();
            }
        }
    }
}
