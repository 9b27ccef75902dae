namespace BtFs.Engine.Seeding;

/// <summary>What a new torrent says beside its files.</summary>
public sealed record CreationOptions
{
    /// <summary>Bytes in each piece: a power of two, 16 KiB to 256 MiB; null, the default, chooses by the size of the torrent.</summary>
    public int? PieceLength { get; init; }

    /// <summary>Tracker URLs by tier (BEP 12).</summary>
    public IReadOnlyList<IReadOnlyList<string>> TrackerTiers { get; init; } = [];

    /// <summary>URLs of web servers that have the files (BEP 19).</summary>
    public IReadOnlyList<string> WebSeeds { get; init; } = [];

    /// <summary>Whether peers may come from its trackers only (BEP 27). Default false.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Left out when null, the default: the same files then make the same bytes.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    public string? Comment { get; init; }

    /// <summary>The program that makes it.</summary>
    public string? CreatedBy { get; init; }
}
