namespace BtFs.Protocol.Trackers;

/// <summary>A packet from a UDP tracker (BEP 15).</summary>
public abstract record UdpTrackerReply
{
    private UdpTrackerReply()
    {
    }

    /// <summary>A connection id, good for two minutes at the tracker and for one here.</summary>
    public sealed record Connected(long Connection) : UdpTrackerReply;

    public sealed record Announced(AnnounceReply Reply) : UdpTrackerReply;

    /// <summary>Counts, in the order that they were asked for in.</summary>
    public sealed record Scraped(IReadOnlyList<ScrapeCounts> Counts) : UdpTrackerReply;

    /// <summary>The tracker says no; printable.</summary>
    public sealed record Refused(string Reason) : UdpTrackerReply;
}
