using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Trackers;

namespace BtFs.Engine.Discovery;

/// <summary>A tracker of one torrent. One question at a time.</summary>
internal interface ITracker
{
    /// <summary>Scheme, host and port, for logs. Never more of the URL: a path or query may be a passkey.</summary>
    string Name { get; }

    /// <summary>Name or address of the machine that is asked.</summary>
    string Host { get; }

    /// <summary>Tells the tracker about us, and hears of others.</summary>
    /// <exception cref="TrackerException">The tracker refuses, or there is no usable answer.</exception>
    ValueTask<AnnounceReply> AnnounceAsync(AnnounceRequest request, CancellationToken cancel);

    /// <summary>Asks how many peers there are, without becoming one (BEP 48).</summary>
    /// <exception cref="TrackerException">The tracker tells such things to nobody, or there is no usable answer.</exception>
    ValueTask<ScrapeCounts> ScrapeAsync(InfoHash torrent, CancellationToken cancel);
}
