namespace BtFs.Engine;

/// <summary>An amount of disk space: a number of bytes, or a part of the file system that it is on.</summary>
public readonly record struct DiskShare
{
    /// <summary>Far beyond every disk, and far enough from the end of the numbers to be added to.</summary>
    private const long Endless = long.MaxValue / 4;

    private DiskShare(long bytes, double part)
    {
        Most = bytes;
        Part = part;
    }

    /// <summary>No limit at all.</summary>
    public static DiskShare Unlimited { get; } = new(Endless, 1);

    /// <summary>Whether it is no limit at all.</summary>
    public bool IsUnlimited => this == Unlimited;

    /// <summary>Bytes at most.</summary>
    private long Most { get; }

    /// <summary>Part of the file system, 0 to 1; 0 when only the bytes count.</summary>
    private double Part { get; }

    /// <summary>So many bytes, 0 or more.</summary>
    public static DiskShare OfBytes(long bytes) => new(Math.Clamp(bytes, 0, Endless), 0);

    /// <summary>A part of the file system, above 0 and at most 1, but never more than so many bytes.</summary>
    public static DiskShare OfFileSystem(double part, long atMost = Endless) => new(atMost, part);

    /// <summary>The bytes that this is on a file system of so many bytes.</summary>
    public long On(long fileSystemBytes) => Part == 0 || IsUnlimited ? Most : Math.Min(Most, (long)(fileSystemBytes * Part));
}
