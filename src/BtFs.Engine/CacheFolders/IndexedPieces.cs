using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Protocol.Metainfo;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.CacheFolders;

/// <summary>What the journal of a folder claims, read from outside. Checksums are not kept, so it is small.</summary>
internal sealed class IndexedPieces
{
    private const int ReadLength = 1 << 20;

    private readonly HashSet<PieceIndex> _present = [];

    private IndexedPieces(TorrentLayout layout) => Layout = layout;

    /// <summary>The torrent's arithmetic, as if it were one file.</summary>
    internal TorrentLayout Layout { get; }

    /// <summary>Where the journal ends.</summary>
    internal long End { get; private set; }

    /// <summary>The pieces that are here, in no order.</summary>
    internal IReadOnlyCollection<PieceIndex> Present => _present;

    /// <summary>Bytes of them.</summary>
    internal long BytesPresent => _present.Sum(piece => (long)Layout.LengthOf(piece));

    /// <summary>Reads a journal to its end, or to its first damage. Whoever has it may be writing.</summary>
    /// <returns>Null when it is no journal of this torrent.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    internal static IndexedPieces? Read(SafeFileHandle index, InfoHash torrent)
    {
        var header = new byte[IndexRecords.HeaderLength];
        if (RandomAccess.Read(index, header, 0) != header.Length || !IndexRecords.TryReadLayout(header, torrent, out var layout))
        {
            return null;
        }

        var pieces = new IndexedPieces(layout) { End = IndexRecords.HeaderLength };
        var longest = IndexRecords.LengthOf(layout.BlocksIn(new PieceIndex(0)));
        var bytes = new byte[Math.Min(ReadLength, RandomAccess.GetLength(index)) + longest];
        while (pieces.Take(bytes.AsSpan(0, RandomAccess.Read(index, bytes, pieces.End))))
        {
        }

        return pieces;
    }

    /// <returns>False when there was no whole record.</returns>
    private bool Take(ReadOnlySpan<byte> bytes)
    {
        var before = End;
        while (IndexRecords.TryRead(bytes, End, Layout, out var piece, out var sums))
        {
            _ = sums.Length == 0 ? _present.Remove(piece) : _present.Add(piece);
            var length = IndexRecords.LengthOf(sums.Length);
            bytes = bytes[length..];
            End += length;
        }

        return End > before;
    }
}
