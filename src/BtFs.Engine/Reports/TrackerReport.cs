namespace BtFs.Engine.Reports;

/// <summary>A tracker of a torrent.</summary>
public sealed record TrackerReport
{
    /// <summary>Scheme, host and port, and never more: a path or query may be a passkey.</summary>
    public required string Name { get; init; }

    public required TrackerState State { get; init; }

    /// <summary>Peers in its last good answer.</summary>
    public required int Peers { get; init; }

    /// <summary>Peers with everything, where it tells.</summary>
    public required int? Seeders { get; init; }

    /// <summary>Peers that miss something, where it tells.</summary>
    public required int? Leechers { get; init; }

    /// <summary>Since it last answered, or failed to; null before that.</summary>
    public required TimeSpan? AskedAgo { get; init; }

    /// <summary>Until it is asked again at the latest, if it is its turn; 0 when that is due.</summary>
    public required TimeSpan NextIn { get; init; }

    /// <summary>Why it failed, one line; null when it did not.</summary>
    public required string? Error { get; init; }
}
