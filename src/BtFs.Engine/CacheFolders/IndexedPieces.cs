using System.Buffers;
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
    private long _end;

    private IndexedPieces(TorrentLayout layout) => Layout = layout;

    /// <summary>The torrent's arithmetic, as if it were one file.</summary>
    internal TorrentLayout Layout { get; }

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

        var pieces = new IndexedPieces(layout) { _end = IndexRecords.HeaderLength };
        var longest = IndexRecords.LengthOf(layout.BlocksIn(new PieceIndex(0)));
        var bytes = new byte[Math.Min(ReadLength, RandomAccess.GetLength(index)) + longest];
        while (pieces.Take(bytes.AsSpan(0, RandomAccess.Read(index, bytes, pieces._end))))
        {
        }

        return pieces;
    }

    /// <summary>Writes down that pieces are gone, behind what was read.</summary>
    /// <param name="pieces">Pieces that are here.</param>
    /// <param name="index">The journal that was read; nobody else may write to it.</param>
    /// <exception cref="IOException">The disk failed; some of it may be written.</exception>
    internal void Forget(IReadOnlyCollection<PieceIndex> pieces, SafeFileHandle index)
    {
        var records = new ArrayBufferWriter<byte>();
        foreach (var piece in pieces)
        {
            IndexRecords.WriteRecord(records, _end + records.WrittenCount, piece, []);
            _present.Remove(piece);
        }

        RandomAccess.SetLength(index, _end);
        RandomAccess.Write(index, records.WrittenSpan, _end);
        _end += records.WrittenCount;
    }

    /// <returns>False when there was no whole record.</returns>
    private bool Take(ReadOnlySpan<byte> bytes)
    {
        var before = _end;
        while (IndexRecords.TryRead(bytes, _end, Layout, out var piece, out var sums))
        {
            _ = sums.Length == 0 ? _present.Remove(piece) : _present.Add(piece);
            var length = IndexRecords.LengthOf(sums.Length);
            bytes = bytes[length..];
            _end += length;
        }

        return _end > before;
    }
}
