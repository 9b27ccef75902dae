namespace BtFs.Fuse;

/// <summary>What <c>statfs(2)</c> answers, and <c>df</c> shows.</summary>
public readonly record struct FileSystemStatistics
{
    public FileSystemStatistics()
    {
    }

    /// <summary>Unit of the three block counts, in bytes.</summary>
    public uint BlockSize { get; init; } = 4096;

    public ulong Blocks { get; init; }
    public ulong FreeBlocks { get; init; }
    public ulong AvailableBlocks { get; init; }
    public ulong Files { get; init; }
    public ulong FreeFiles { get; init; }

    /// <summary>Longest name of one path component, in bytes.</summary>
    public uint MaxNameLength { get; init; } = 255;
}
