using System.Net;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Discovery;

/// <summary>Who announces what to whom.</summary>
internal sealed record TrackerAnnouncerOptions
{
    public required InfoHash InfoHash { get; init; }

    public required PeerId PeerId { get; init; }

    /// <summary>The TCP port that strangers can reach us on; 0 where there is none. Asked before each announce, from any thread.</summary>
    public required Func<int> Port { get; init; }

    /// <summary>How long the first announce may wait, where nobody waits for peers: many torrents do not begin at once. Default not at all.</summary>
    public TimeSpan FirstAfter { get; init; }

    /// <summary>The torrent's trackers by tier, in the order of the torrent.</summary>
    public required IReadOnlyList<IReadOnlyList<ITracker>> Tiers { get; init; }

    /// <summary>Whether the torrent is private, and so talks to one tracker at a time (BEP 27). A magnet learns it late. Asked from any thread.</summary>
    public Func<bool> IsPrivate { get; init; } = () => false;

    /// <summary>Asked before each announce, from any thread.</summary>
    public required Func<AnnounceTotals> Totals { get; init; }

    /// <summary>Hears from a tracker, by its name, at which address it sees us (BEP 24); from any thread.</summary>
    public Action<string, IPAddress> ToldAddress { get; init; } = static (_, _) => { };

    /// <summary>Takes peers as soon as a tracker names some, from any thread, perhaps from several at once. Must not wait.</summary>
    public required Action<IReadOnlyList<IPEndPoint>> Found { get; init; }
}
