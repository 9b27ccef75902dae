using System.Buffers.Binary;

namespace BtFs.Engine.Containers;

/// <summary>Finds <c>idx1</c> of an AVI file, which follows the <c>movi</c> list.</summary>
/// <remarks>
/// A file beyond 1 GiB (OpenDML) goes on with further RIFF chunks, whose indexes are scattered among the media and are read along
/// with it: the walk ends with the first RIFF chunk.
/// </remarks>
internal sealed class AviIndex : IIndexFinder
{
    /// <summary>Name, length, and the kind of a list.</summary>
    private const int HeaderLength = 12;

    private long _at;
    private bool _hasMedia;

    /// <inheritdoc/>
    public IndexStep Begin() => Read(HeaderLength);

    /// <inheritdoc/>
    public IndexStep Next(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderLength)
        {
            return IndexStep.Nothing;
        }

        long length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (bytes.StartsWith("idx1"u8) && _hasMedia)
        {
            return IndexStep.Found(_at, 8 + length);
        }

        if (bytes.StartsWith("RIFF"u8))
        {
            return IndexStep.Nothing;
        }

        _hasMedia |= bytes.StartsWith("LIST"u8) && bytes[8..].StartsWith("movi"u8);

        // A chunk of odd length is padded.
        return Read(_at + 8 + length + (length & 1));
    }

    private IndexStep Read(long at)
    {
        _at = at;
        return IndexStep.Read(at, HeaderLength);
    }
}
