using System.Net;
using BtFs.Engine.Dht;
using BtFs.Engine.Discovery;
using BtFs.Engine.LocalDiscovery;
using BtFs.Engine.Peers;
using BtFs.Engine.Reports;

namespace BtFs.Engine.Torrents;

/// <summary>The loop's reach into the world: dials, trackers, the DHT, the local network, and the word that the info dictionary is here.</summary>
internal sealed class TorrentOutside : ITorrentLinks
{
    private readonly TaskCompletionSource<byte[]> _metadata = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EngineParts _parts;
    private readonly PeerSessions _sessions;
    private readonly TrackerAnnouncer _trackers;
    private readonly TorrentSource _source;
    private readonly DhtSearch _search;
    private readonly LocalSearch _localSearch;
    private readonly Lock _joining = new();
    private volatile bool _isOpen;

    /// <param name="source">The torrent.</param>
    /// <param name="parts">What all torrents share.</param>
    /// <param name="sessions">Where new connections go.</param>
    /// <param name="inbox">Where what comes of it all is posted.</param>
    /// <param name="totals">What trackers are told; asked on any thread.</param>
    internal TorrentOutside(TorrentSource source, EngineParts parts, PeerSessions sessions, TorrentInbox inbox, Func<AnnounceTotals> totals)
    {
        _parts = parts;
        _sessions = sessions;
        _source = source;
        _isOpen = source.Info is not { IsPrivate: true };
        Action<IReadOnlyList<IPEndPoint>> found = addresses => inbox.Post(new TorrentEvent.PeersFound(addresses));
        _localSearch = new LocalSearch { Torrent = source.InfoHash, Found = found };
        _search = new DhtSearch
        {
            Torrent = source.InfoHash,
            Port = () => parts.Ports.Tcp,
            IsSeed = () => totals().Left == 0,
            Found = found,
        };
        _trackers = new TrackerAnnouncer(
            new TrackerAnnouncerOptions
            {
                InfoHash = source.InfoHash,
                PeerId = parts.Self.Current,
                // Where nobody can call us: some trackers refuse 0, and at 1 nobody answers either.
                Port = () => Math.Max((ushort)1, parts.Ports.Tcp),
                Tiers = parts.Trackers.Of(source.TrackerTiers),
                FirstAfter = parts.Beginnings.Spend(1),
                IsPrivate = () => !_isOpen,
                Totals = totals,
                ToldAddress = parts.External.Add,
                Found = addresses => inbox.Post(new TorrentEvent.PeersFound(addresses) { AreFromTracker = true }),
            },
            parts.Time,
            parts.Random,
            parts.Log);
    }

    /// <summary>The info dictionary's bytes, once the loop has them and their hash is right.</summary>
    internal Task<byte[]> Metadata => _metadata.Task;

    /// <summary>How many peers there are by the trackers' word. Any thread may ask.</summary>
    internal TrackerCounts? Tracked => _trackers.Counts;

    /// <summary>Whether peers are looked for in the DHT: not for a private torrent (BEP 27). Any thread may ask.</summary>
    internal bool UsesDht => _isOpen && _parts.Dht is not null;

    /// <inheritdoc/>
    public PeerSources Sources => new(_trackers.Report(), UsesDht ? _parts.Dht!.Nodes : null);

    /// <summary>Looks for peers where anybody may ask, and is found there: in the DHT and on the local network. Not for a private torrent (BEP 27).</summary>
    /// <remarks>A magnet does so until it turns out to be private: otherwise it could not be resolved at all.</remarks>
    internal void JoinOpenSources()
    {
        lock (_joining)
        {
            // It may have turned out to be private meanwhile.
            if (_isOpen)
            {
                _parts.Dht?.Join(_search, _source.Nodes);
                _parts.LocalNetwork?.Join(_localSearch);
            }
        }
    }

    /// <summary>Does no longer. Any thread, any number of times.</summary>
    internal void LeaveOpenSources()
    {
        lock (_joining)
        {
            if (_isOpen)
            {
                _isOpen = false;
                _parts.Dht?.Leave(_search.Torrent);
                _parts.LocalNetwork?.Leave(_search.Torrent);
            }
        }
    }

    /// <summary>Strangers reach us at another port: trackers and the DHT are told as soon as manners allow.</summary>
    internal void TellPorts()
    {
        _trackers.Wake();
        if (UsesDht)
        {
            _parts.Dht!.AnnounceAgain(_search.Torrent);
        }
    }

    /// <summary>Announces until stopped, and then says goodbye to the trackers within 3 s.</summary>
    internal Task AnnounceAsync(CancellationToken stop) => _trackers.RunAsync(stop);

    /// <inheritdoc/>
    public void Dial(IPEndPoint address, TimeSpan patience, DialWay way) => _parts.Dialer.Dial(address, patience, _sessions, way);

    /// <inheritdoc/>
    public void FindPeers()
    {
        _trackers.Wake();
        if (UsesDht)
        {
            _parts.Dht!.Hurry(_search.Torrent);
        }
    }

    /// <inheritdoc/>
    public void MeetNode(IPEndPoint address)
    {
        if (UsesDht)
        {
            _parts.Dht!.Meet(address);
        }
    }

    /// <inheritdoc/>
    public void ContentCompleted() => _trackers.Complete();

    /// <inheritdoc/>
    public void MetadataArrived(byte[] info) => _metadata.TrySetResult(info);
}
