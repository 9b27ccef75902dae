namespace BtFs.Protocol.Metainfo;

/// <summary>A v1 torrent to be written: what <see cref="TorrentWriter"/> needs to know.</summary>
public sealed record TorrentDraft
{
    /// <summary>The directory's name, or a lone file's.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes in each piece but the last; 1 KiB to 256 MiB, a power of two by custom.</summary>
    public required int PieceLength { get; init; }

    /// <summary>The files in the order of their bytes. The path of a lone file is not written: it is <see cref="Name"/>.</summary>
    public required IReadOnlyList<TorrentFile> Files { get; init; }

    /// <summary>SHA-1 of each piece, 20 bytes each, one behind the other.</summary>
    public required ReadOnlyMemory<byte> PieceHashes { get; init; }

    /// <summary>Whether the torrent is one file rather than a directory. Default false.</summary>
    public bool IsSingleFile { get; init; }

    /// <summary>Whether peers may come from its trackers only (BEP 27). Default false.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Tracker URLs by tier (BEP 12).</summary>
    public IReadOnlyList<IReadOnlyList<string>> TrackerTiers { get; init; } = [];

    /// <summary>URLs of web servers that have the files (BEP 19).</summary>
    public IReadOnlyList<string> WebSeeds { get; init; } = [];

    public DateTimeOffset? CreatedAt { get; init; }

    public string? Comment { get; init; }

    /// <summary>The program that makes it.</summary>
    public string? CreatedBy { get; init; }
}
