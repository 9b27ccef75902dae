using System.Buffers.Binary;

namespace BtFs.Engine.Containers;

/// <summary>Finds what an MP4 or QuickTime file is played by: <c>moov</c> behind the media, or <c>mfra</c> of a fragmented file.</summary>
/// <remarks>
/// Boxes of the top level follow one another, each with its length (ISO/IEC 14496-12, 4.2). A <c>moov</c> before the media is on
/// the reader's own way. In a fragmented file it is short, fragments follow, and the last 16 bytes (<c>mfro</c>) tell where
/// <c>mfra</c> begins (8.8.9 to 8.8.11).
/// </remarks>
internal sealed class Mp4Index(long fileLength) : IIndexFinder
{
    /// <summary>Length, type, and the length again where 32 bits were too few.</summary>
    private const int LongestHeader = 16;

    private const int OffsetBoxLength = 16;

    /// <summary>A <c>moov</c> without samples, as fragmented files have it, is shorter; behind a longer one no fragments are looked for.</summary>
    private const long MaxInitialMovie = 64 * 1024;

    private long _at;
    private bool _hasMovie;
    private bool _hasMedia;
    private Reading _reading;

    private enum Reading
    {
        Box,
        FragmentIndexOffset,
        FragmentIndex,
    }

    /// <summary>Whether a file begins with a box that these formats begin with. Old QuickTime has no <c>ftyp</c>.</summary>
    internal static bool Recognises(ReadOnlySpan<byte> head)
    {
        var type = head.Slice(4, 4);
        return type.SequenceEqual("ftyp"u8) || type.SequenceEqual("moov"u8) || type.SequenceEqual("mdat"u8)
            || type.SequenceEqual("wide"u8) || type.SequenceEqual("free"u8) || type.SequenceEqual("skip"u8);
    }

    /// <inheritdoc/>
    public IndexStep Begin() => IndexStep.Read(0, LongestHeader);

    /// <inheritdoc/>
    public IndexStep Next(ReadOnlySpan<byte> bytes) => _reading switch
    {
        Reading.FragmentIndexOffset => OnFragmentIndexOffset(bytes),
        Reading.FragmentIndex => OnFragmentIndex(bytes),
        _ => OnBox(bytes),
    };

    private IndexStep OnBox(ReadOnlySpan<byte> bytes)
    {
        if (!TryReadHeader(bytes, fileLength - _at, out var type, out var length))
        {
            return IndexStep.Nothing;
        }

        if (type.SequenceEqual("moov"u8))
        {
            if (_hasMedia)
            {
                return IndexStep.Found(_at, length);
            }

            _hasMovie = true;
            if (length > MaxInitialMovie)
            {
                return IndexStep.Nothing;
            }
        }
        else if (type.SequenceEqual("mdat"u8))
        {
            if (_hasMovie)
            {
                return IndexStep.Nothing;
            }

            _hasMedia = true;
        }
        else if (type.SequenceEqual("moof"u8))
        {
            _reading = Reading.FragmentIndexOffset;
            return _hasMovie ? IndexStep.Read(fileLength - OffsetBoxLength, OffsetBoxLength) : IndexStep.Nothing;
        }

        _at += length;
        return IndexStep.Read(_at, LongestHeader);
    }

    private IndexStep OnFragmentIndexOffset(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < OffsetBoxLength || !bytes[4..].StartsWith("mfro"u8))
        {
            return IndexStep.Nothing;
        }

        _at = fileLength - BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
        _reading = Reading.FragmentIndex;
        return IndexStep.Read(_at, LongestHeader);
    }

    private IndexStep OnFragmentIndex(ReadOnlySpan<byte> bytes) =>
        TryReadHeader(bytes, fileLength - _at, out var type, out var length) && type.SequenceEqual("mfra"u8)
            ? IndexStep.Found(_at, length)
            : IndexStep.Nothing;

    /// <summary>Reads a box's header.</summary>
    /// <param name="bytes">The header, and perhaps more.</param>
    /// <param name="left">Bytes from the box to the end of the file.</param>
    /// <param name="type">Four characters.</param>
    /// <param name="length">Bytes in the box, its header included; no more than <paramref name="left"/>.</param>
    /// <returns>False when that is no box, or not all of its header is there.</returns>
    private static bool TryReadHeader(ReadOnlySpan<byte> bytes, long left, out ReadOnlySpan<byte> type, out long length)
    {
        type = default;
        length = 0;
        if (bytes.Length < 8)
        {
            return false;
        }

        type = bytes.Slice(4, 4);
        ulong claimed = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var header = 8u;
        if (claimed == 1)
        {
            if (bytes.Length < LongestHeader)
            {
                return false;
            }

            claimed = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
            header = LongestHeader;
        }
        else if (claimed == 0)
        {
            claimed = (ulong)left;
        }

        length = (long)Math.Min(claimed, (ulong)left);
        return claimed >= header;
    }
}
