namespace BtFs.Engine.Containers;

/// <summary>A run of bytes of one file.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct FileRange(long Start, long Length)
{
    /// <summary>First byte behind the run.</summary>
    internal long End => Start + Length;
}
