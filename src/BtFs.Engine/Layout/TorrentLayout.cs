namespace BtFs.Engine.Layout;

/// <summary>Files ↔ pieces ↔ blocks. Pure arithmetic, and the only place that divides by the piece length.</summary>
/// <remarks>A torrent's bytes are its files laid end to end, cut into pieces of one length; the last is shorter (BEP 3).</remarks>
public sealed class TorrentLayout
{
    /// <summary>Bytes asked for in one request; peers refuse more.</summary>
    public const int BlockLength = 16 * 1024;

    private readonly long[] _fileStarts;

    /// <param name="pieceLength">Bytes in each piece but the last, above 0.</param>
    /// <param name="fileLengths">The files in the torrent's order, pad files too; lengths from 0 up.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is out of range.</exception>
    /// <exception cref="OverflowException">The lengths sum to more than 2^63 − 1, or to more than 2^31 − 1 pieces.</exception>
    public TorrentLayout(int pieceLength, IReadOnlyList<long> fileLengths)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pieceLength);
        PieceLength = pieceLength;
        _fileStarts = new long[fileLengths.Count + 1];
        for (var i = 0; i < fileLengths.Count; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(fileLengths[i]);
            _fileStarts[i + 1] = checked(_fileStarts[i] + fileLengths[i]);
        }

        var (whole, rest) = Math.DivRem(TotalLength, pieceLength);
        PieceCount = checked((int)whole + (rest > 0 ? 1 : 0));
    }

    /// <summary>Bytes in each piece but the last.</summary>
    public int PieceLength { get; }

    public int PieceCount { get; }

    public int FileCount => _fileStarts.Length - 1;

    /// <summary>Bytes of all files together.</summary>
    public long TotalLength => _fileStarts[^1];

    /// <summary>Whether the torrent has a piece of that number.</summary>
    public bool Contains(PieceIndex piece) => piece.Value >= 0 && piece.Value < PieceCount;

    /// <summary>Where a piece starts in the torrent, in bytes.</summary>
    public long StartOf(PieceIndex piece) => (long)piece.Value * PieceLength;

    /// <summary>Bytes in a piece.</summary>
    public int LengthOf(PieceIndex piece) => (int)Math.Min(PieceLength, TotalLength - StartOf(piece));

    public int BlocksIn(PieceIndex piece) => (LengthOf(piece) - 1) / BlockLength + 1;

    /// <summary>A block by its number in its piece.</summary>
    public BlockRef BlockAt(PieceIndex piece, int number)
    {
        var offset = number * BlockLength;
        return new BlockRef(piece, offset, Math.Min(BlockLength, LengthOf(piece) - offset));
    }

    /// <summary>Whether the three numbers of a wire message name exactly one of our blocks.</summary>
    public bool TryBlock(int piece, int begin, int length, out BlockRef block)
    {
        block = default;
        var index = new PieceIndex(piece);
        if (!Contains(index) || begin < 0 || begin % BlockLength != 0 || begin >= LengthOf(index))
        {
            return false;
        }

        block = BlockAt(index, begin / BlockLength);
        return block.Length == length;
    }

    /// <summary>Bytes in a file.</summary>
    public long LengthOf(FileIndex file) => _fileStarts[file.Value + 1] - _fileStarts[file.Value];

    /// <summary>Where a file starts in the torrent, in bytes.</summary>
    public long StartOf(FileIndex file) => _fileStarts[file.Value];

    /// <summary>The piece that holds a byte of the torrent.</summary>
    public PieceIndex PieceAt(long offset) => new((int)(offset / PieceLength));

    /// <summary>The part of a torrent range that lies in the piece of its first byte.</summary>
    /// <param name="offset">First byte in the torrent.</param>
    /// <param name="length">Bytes wanted, at least 1.</param>
    public PieceSlice FirstSlice(long offset, long length)
    {
        var piece = PieceAt(offset);
        var within = (int)(offset - StartOf(piece));
        return new PieceSlice(piece, within, (int)Math.Min(length, LengthOf(piece) - within));
    }

    /// <summary>All of a piece.</summary>
    public PieceSlice Whole(PieceIndex piece) => new(piece, 0, LengthOf(piece));

    /// <summary>The blocks that a slice touches, all of each.</summary>
    public PieceSlice WholeBlocks(PieceSlice slice)
    {
        var start = slice.Offset - slice.Offset % BlockLength;
        var last = BlockAt(slice.Piece, (slice.Offset + slice.Length - 1) / BlockLength);
        return new PieceSlice(slice.Piece, start, last.Offset + last.Length - start);
    }

    /// <summary>The files that own bytes of a piece, in order, each with how many; empty files own none.</summary>
    public IEnumerable<(FileIndex File, long Bytes)> FilesIn(PieceIndex piece) =>
        FilesOf(Whole(piece)).Select(part => (part.File, part.Bytes));

    /// <summary>The files that own bytes of a slice, in order: from which byte of the file on, and how many.</summary>
    public IEnumerable<(FileIndex File, long Offset, long Bytes)> FilesOf(PieceSlice slice)
    {
        var start = StartOf(slice.Piece) + slice.Offset;
        var end = start + slice.Length;
        for (var i = FileAt(start); i < FileCount && _fileStarts[i] < end; i++)
        {
            var from = Math.Max(start, _fileStarts[i]);
            var bytes = Math.Min(end, _fileStarts[i + 1]) - from;
            if (bytes > 0)
            {
                yield return (new FileIndex(i), from - _fileStarts[i], bytes);
            }
        }
    }

    /// <summary>The first file that holds a byte of the torrent, or one of the empty ones before it.</summary>
    internal FileIndex FirstFileAt(long offset) => new(FileAt(offset));

    private int FileAt(long offset)
    {
        var found = Array.BinarySearch(_fileStarts, offset);
        if (found < 0)
        {
            return ~found - 1;
        }

        // Empty files share their start with the next one; any of them will do to begin from the first.
        while (found > 0 && _fileStarts[found - 1] == offset)
        {
            found--;
        }

        return found;
    }
}
