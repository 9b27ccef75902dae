namespace BtFs.Engine.Containers;

/// <summary>Knows the containers whose index may lie far from their head, by their first bytes. Names prove nothing.</summary>
internal static class ContainerFormat
{
    /// <summary>Bytes that are enough to tell.</summary>
    internal const int HeadLength = 12;

    /// <summary>No torrent is as long (2^50), and below it no sum of a place and a 56-bit length overflows.</summary>
    internal const long MaxFileLength = 1L << 60;

    private static ReadOnlySpan<byte> Ebml => [0x1a, 0x45, 0xdf, 0xa3];

    /// <summary>A finder for the file that begins so; null when it is none of ours.</summary>
    /// <param name="head">The first <see cref="HeadLength"/> bytes of the file.</param>
    /// <param name="fileLength">Bytes in the file.</param>
    internal static IIndexFinder? Recognise(ReadOnlySpan<byte> head, long fileLength)
    {
        if (head.Length < HeadLength || fileLength > MaxFileLength)
        {
            return null;
        }

        return head switch
        {
            _ when Mp4Index.Recognises(head) => new Mp4Index(fileLength),
            _ when head.StartsWith(Ebml) => new MatroskaIndex(),
            _ when head.StartsWith("RIFF"u8) && head[8..].StartsWith("AVI "u8) => new AviIndex(),
            _ when head.StartsWith("PK\x03\x04"u8) => new ZipIndex(fileLength),
            _ => null,
        };
    }
}
