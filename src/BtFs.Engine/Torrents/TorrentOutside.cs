using System.Net;
using BtFs.Engine.Dht;
using BtFs.Engine.Discovery;
using BtFs.Engine.Peers;

namespace BtFs.Engine.Torrents;

/// <summary>The loop's reach into the world: dials, trackers, the DHT, and the word that the info dictionary is here.</summary>
internal sealed class TorrentOutside : ITorrentLinks
{
    private readonly TaskCompletionSource<byte[]> _metadata = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EngineParts _parts;
    private readonly PeerSessions _sessions;
    private readonly TrackerAnnouncer _trackers;
    private readonly TorrentSource _source;
    private readonly DhtSearch _search;
    private volatile bool _usesDht;

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
        _usesDht = parts.Dht is not null && source.Info is not { IsPrivate: true };
        _search = new DhtSearch
        {
            Torrent = source.InfoHash,
            Port = parts.ListenPort,
            IsSeed = () => totals().Left == 0,
            Found = addresses => inbox.Post(new TorrentEvent.PeersFound(addresses)),
        };
        _trackers = new TrackerAnnouncer(
            new TrackerAnnouncerOptions
            {
                InfoHash = source.InfoHash,
                PeerId = parts.Self,
                Port = (ushort)parts.ListenPort,
                Tiers = parts.Trackers.Of(source.TrackerTiers),
                IsPrivate = () => source.Info is { IsPrivate: true },
                Totals = totals,
                Found = addresses => inbox.Post(new TorrentEvent.PeersFound(addresses)),
            },
            parts.Time,
            parts.Random,
            parts.Log);
    }

    /// <summary>The info dictionary's bytes, once the loop has them and their hash is right.</summary>
    internal Task<byte[]> Metadata => _metadata.Task;

    /// <summary>Whether peers are looked for in the DHT: not for a private torrent (BEP 27). Any thread may ask.</summary>
    internal bool UsesDht => _usesDht;

    /// <summary>Looks for peers in the DHT from now on, and is found there.</summary>
    internal void JoinDht()
    {
        if (_usesDht)
        {
            _parts.Dht!.Join(_search, _source.Nodes);
        }
    }

    /// <summary>Does no longer. Any thread, any number of times.</summary>
    internal void LeaveDht()
    {
        if (_usesDht)
        {
            _usesDht = false;
            _parts.Dht!.Leave(_search.Torrent);
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
        if (_usesDht)
        {
            _parts.Dht!.Hurry(_search.Torrent);
        }
    }

    /// <inheritdoc/>
    public void MeetNode(IPEndPoint address)
    {
        if (_usesDht)
        {
            _parts.Dht!.Meet(address);
        }
    }

    /// <inheritdoc/>
    public void ContentCompleted() => _trackers.Complete();

    /// <inheritdoc/>
    public void MetadataArrived(byte[] info) => _metadata.TrySetResult(info);
}
