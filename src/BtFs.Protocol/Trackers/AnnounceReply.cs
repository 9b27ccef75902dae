using System.Net;

namespace BtFs.Protocol.Trackers;

/// <summary>What a tracker tells. Nothing in it is to be believed but as a hint.</summary>
public sealed record AnnounceReply
{
    /// <summary>Peers taken from one reply; what comes behind them is dropped.</summary>
    public const int MaxPeers = 200;

    /// <summary>Characters kept of a warning or a failure.</summary>
    public const int MaxTextChars = 200;

    /// <summary>Addresses with a port, at most 200. IPv4 addresses in IPv6 clothes come as IPv4.</summary>
    public IReadOnlyList<IPEndPoint> Peers { get; init; } = [];

    /// <summary>How long to wait before the next announce: 60 s to 24 h, 30 minutes if the tracker does not say.</summary>
    public TimeSpan Interval { get; init; } = TrackerInterval.Default;

    /// <summary>How long to wait at least, whatever the hurry: 60 s to 24 h, 60 s if the tracker does not say.</summary>
    public TimeSpan MinInterval { get; init; } = TrackerInterval.Shortest;

    /// <summary>Peers with everything, where the tracker tells.</summary>
    public int? Seeders { get; init; }

    /// <summary>Peers that miss something, where the tracker tells.</summary>
    public int? Leechers { get; init; }

    /// <summary>The address at which the tracker sees us (BEP 24).</summary>
    public IPAddress? ExternalAddress { get; init; }

    /// <summary>A warning for the user; one printable line.</summary>
    public string? Warning { get; init; }

    /// <summary>To be sent back in later announces, as it is; empty where the tracker gave none.</summary>
    public ReadOnlyMemory<byte> TrackerId { get; init; }
}
