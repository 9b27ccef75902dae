using System.Net;
using BtFs.Engine.CacheFolders;
using BtFs.Engine.Discovery;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Reports;
using BtFs.Engine.Storage;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Engine.WebSeeds;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;

namespace BtFs.Engine;

/// <summary>One torrent that the engine has joined.</summary>
public sealed class Torrent : IAsyncDisposable
{
    /// <summary>Verified bytes that may wait for the disk before peers are read more slowly.</summary>
    internal const long MaxBytesWaiting = 32L << 20;

    private readonly TorrentSource _source;
    private readonly EngineParts _parts;
    private readonly OpenStore _openStore;
    private readonly PeerSessionOptions _sessionOptions;
    private readonly TorrentInbox _inbox = new();
    private readonly TorrentOutside _outside;
    private readonly TorrentLoop _loop;
    private readonly TorrentReporter _reporter;
    private readonly ConnectionShare _share;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _announcing;
    private readonly Lock _closing = new();
    private Task? _closed;
    private PieceMap? _pieces;
    private IRangeStore? _store;
    private CachedPeers? _cachedPeers;
    private PieceVerifier? _verifier;
    private WebSeedGroup? _webSeeds;

    internal Torrent(TorrentSource source, EngineParts parts, OpenStore openStore)
    {
        _source = source;
        _parts = parts;
        _openStore = openStore;
        _sessionOptions = parts.Sessions with { DiskIsBehind = IsDiskBehind };
        _share = parts.Connections.Join();
        Sessions = new PeerSessions([source.InfoHash], _sessionOptions, _inbox.Post, parts.Options.MaxPeers, _share);
        _outside = new TorrentOutside(source, parts, Sessions, _inbox, Totals);
        _loop = new TorrentLoop(source, new LoopContext(parts.Options, parts.Ports, _inbox, _outside, parts.Time, parts.Random, parts.Log)
        {
            Self = parts.Self,
            Share = _share,
            TellsDhtPort = _outside.UsesDht,
            External = parts.External,
        });
        _reporter = new TorrentReporter(source, _outside, _inbox, parts.Time);
        Completion = _loop.RunAsync(_stop.Token);
        Content = OpenAsync();
        _announcing = AnnounceAsync();
    }

    /// <summary>Completes when the info dictionary is known: at once for a .torrent, when a peer has sent it for a magnet.</summary>
    /// <remarks>
    /// Fails with <see cref="ContentUnavailableException"/> when the torrent ends before that, and with
    /// <see cref="MetainfoException"/> when what the swarm sent is no usable info dictionary, though its hash is right, and with
    /// <see cref="IOException"/> when the cache folder cannot be used, or another process has it.
    /// </remarks>
    public Task<ITorrentContent> Content { get; }

    /// <summary>Ends when the torrent is closed. Fails only by a bug, and then nothing more is fetched.</summary>
    public Task Completion { get; }

    /// <summary>How things stood a moment ago.</summary>
    public TorrentStatus Status => _loop.Status with { DhtNodes = _outside.UsesDht ? _parts.Dht!.Nodes : 0, Tracked = _outside.Tracked };

    internal PeerSessions Sessions { get; }

    internal TorrentSource Source => _source;

    /// <summary>Everything worth telling, a fifth of a second old at most. Any thread.</summary>
    /// <exception cref="ContentUnavailableException">The torrent is closing.</exception>
    public Task<TorrentReport> ReportAsync(CancellationToken cancel) => _reporter.AskAsync().WaitAsync(cancel);

    /// <summary>Fails every waiting read at once with <see cref="ContentUnavailableException"/>, and every later one that would have to wait.</summary>
    public void FailReads() => _inbox.Post(new TorrentEvent.ReadsEnded());

    /// <summary>Is to be found from now on. The engine knows it: a neighbour calls within a millisecond of hearing of us.</summary>
    internal void Appear()
    {
        _outside.JoinOpenSources();
        _parts.Mapper?.Begin();
    }

    /// <summary>Strangers reach us at other ports than they were told. Any thread.</summary>
    internal void TellPorts()
    {
        _inbox.Post(new TorrentEvent.PortsChanged());
        _outside.TellPorts();
    }

    /// <summary>Says goodbye to trackers (within 3 s) and peers, and lets go of everything. Whoever calls again waits for the same end.</summary>
    public async ValueTask DisposeAsync()
    {
        Task closed;
        lock (_closing)
        {
            closed = _closed ??= CloseAsync();
        }

        await closed;
    }

    /// <summary>The machine slept, or its addresses changed. Any thread.</summary>
    internal void Disturbed() => _inbox.Post(new TorrentEvent.Disturbed());

    private async Task CloseAsync()
    {
        FailReads();
        _parts.Mapper?.End();
        _outside.LeaveOpenSources();
        await _stop.CancelAsync();
        await Sessions.DisposeAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _share.Leave();
        await ((Task)Content).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_webSeeds is not null)
        {
            await _webSeeds.DisposeAsync();
        }

        if (_verifier is not null)
        {
            await _verifier.DisposeAsync();
        }

        KeepPeers();
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        await _announcing;
        _parts.Forget(this);
        _stop.Dispose();
    }

    private void KeepPeers()
    {
        try
        {
            _cachedPeers?.Keep(_loop.Memorable(), _parts.Time.GetUtcNow());
        }
        catch (IOException e)
        {
            StorageLog.PeersNotKept(_parts.Log, e.Message);
        }
    }

    private async Task<ITorrentContent> OpenAsync()
    {
        var info = _source.Info ?? InfoDictionary.Parse(await MetadataAsync());
        if (info.IsPrivate)
        {
            // A magnet tells only now.
            _outside.LeaveOpenSources();
        }

        var layout = new TorrentLayout(info.PieceLength, [.. info.Files.Select(file => file.Length)]);
        Sessions.Expect(new FrameLimits { PieceCount = layout.PieceCount });
        var news = new StoreNews(piece => _inbox.Post(new TorrentEvent.PieceFound(piece)), piece => _inbox.Post(new TorrentEvent.PieceLost(piece)));
        (_store, var neighbour, _cachedPeers) = await _openStore(info, layout, news);
        _verifier = new PieceVerifier(_parts.Hashing, piece => info.PieceHash(piece.Value));
        var pieces = new PieceMap(layout, _store.Present, _store.Uncertain);
        Volatile.Write(ref _pieces, pieces);
        var parts = new TransferParts(info, layout, pieces, _store, _verifier, _parts.Buffers) { Selected = _source.Selected };
        if (_cachedPeers?.Read(_parts.Time.GetUtcNow()) is { Count: > 0 } known)
        {
            _inbox.Post(new TorrentEvent.PeersRemembered(known, info.IsPrivate));
        }

        _inbox.Post(new TorrentEvent.TransferOpened(parts));
        _webSeeds = new WebSeedGroup(_source, info, layout, new WebSeedContext(_sessionOptions, _parts.Lookup, _parts.Route, _inbox.Post, _parts.Log));
        if (neighbour is not null)
        {
            _inbox.Post(new TorrentEvent.NeighbourFound(neighbour));
        }

        var content = new TorrentContent(parts, _source.CreatedAt, _inbox, _parts.Time, () => _loop.Waits);
        _reporter.Opened(parts, content.Readers);
        return content;
    }

    private async Task<byte[]> MetadataAsync()
    {
        // Without its loop nothing comes any more, whether it was stopped or ended by a bug.
        await Task.WhenAny(_outside.Metadata, Completion);
        return _outside.Metadata.IsCompleted
            ? await _outside.Metadata
            : throw new ContentUnavailableException("The torrent was closed before anybody told what is in it.");
    }

    private async Task AnnounceAsync()
    {
        if (_source.Info is not null)
        {
            // A tracker that hears a guess of what is left takes a seed for one who misses something.
            await ((Task)Content).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _outside.AnnounceAsync(_stop.Token);
    }

    private bool IsDiskBehind() => _store is { } store && store.BytesWaiting > MaxBytesWaiting;

    private AnnounceTotals Totals()
    {
        var status = _loop.Status;
        var left = Volatile.Read(ref _pieces)?.BytesMissing;
        return new AnnounceTotals(status.BytesUploaded, status.BytesDownloaded, left);
    }
}
