namespace BtFs.Engine.Discovery;

/// <summary>What fetching one URL may cost.</summary>
internal sealed record HttpFetchLimits
{
    /// <summary>Longest body in bytes, as it is sent and as it is inflated.</summary>
    public required int MaxBytes { get; init; }

    /// <summary>Redirects followed.</summary>
    public required int MaxRedirects { get; init; }

    /// <summary>For everything together.</summary>
    public required TimeSpan Total { get; init; }

    /// <summary>For the next bytes to come. Default 10 s.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The URL was written by a stranger, who must not aim at services of this machine that are no trackers.</summary>
    public bool IsStrangers { get; init; }
}
