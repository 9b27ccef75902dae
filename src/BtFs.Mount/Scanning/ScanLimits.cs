namespace BtFs.Mount.Scanning;

/// <summary>What may be fetched for a scanning program. What is here already counts for nothing.</summary>
internal sealed record ScanLimits
{
    private const long MiB = 1 << 20;

    /// <summary>
    /// Bytes of one file within <see cref="FilePeriod"/>: enough for a key frame at a tenth of a film with its index, and for all that ffprobe
    /// looks at of most files.
    /// </summary>
    public long BytesPerFile { get; init; } = 16 * MiB;

    /// <summary>Pieces of one file that are always allowed, however large they are: its head, its tail and two between.</summary>
    public int PiecesPerFile { get; init; } = 4;

    /// <summary>After it a file may be looked at anew: what was fetched may have gone from the cache.</summary>
    public TimeSpan FilePeriod { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Bytes in <see cref="SweepPeriod"/> for a program that reads all of everything.</summary>
    /// <remarks>Not for the others: a media server that meets a thousand films looks into each of them once, and remembers those that failed as broken.</remarks>
    public long SweepBytes { get; init; } = 64 * MiB;

    /// <inheritdoc cref="SweepBytes"/>
    public TimeSpan SweepPeriod { get; init; } = TimeSpan.FromMinutes(1);
}
