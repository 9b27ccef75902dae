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
    private uint _check;

    private IndexedPieces(TorrentLayout layout) => Layout = layout;

    /// <summary>The torrent's arithmetic, as if it were one file.</summary>
    internal TorrentLayout Layout { get; }

    /// <summary>The pieces that are here, in no order.</summary>
    internal IReadOnlyCollection<PieceIndex> Present => _present;

    /// <summary>Bytes of them.</summary>
    internal long BytesPresent => _present.Sum(piece => (long)Layout.LengthOf(piece));

    /// <summary>In which state the last owner left the data file; null if he did not come to say so.</summary>
    internal FileIdentity? Left { get; private set; }

    /// <summary>Reads a journal to its end, or to its first damage. Whoever has it may be writing.</summary>
    /// <returns>Null when it is no journal of this torrent.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    internal static IndexedPieces? Read(SafeFileHandle index, InfoHash torrent)
    {
        var header = new byte[IndexRecords.HeaderLength];
        if (RandomAccess.Read(index, header, 0) != header.Length || !IndexRecords.TryReadHeader(header, torrent, out var layout, out var check))
        {
            return null;
        }

        var pieces = new IndexedPieces(layout) { _end = IndexRecords.HeaderLength, _check = check };
        var bytes = new byte[Math.Min(ReadLength, RandomAccess.GetLength(index)) + IndexRecords.LongestOf(layout)];
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
        var check = _check;
        foreach (var piece in pieces)
        {
            check = IndexRecords.WriteGone(records, check, piece);
            _present.Remove(piece);
        }

        Write(records, check, index);
    }

    /// <summary>Writes down in which state the data file is left.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    internal void Leave(FileIdentity data, SafeFileHandle index)
    {
        var records = new ArrayBufferWriter<byte>();
        Write(records, IndexRecords.WriteClosed(records, _check, data), index);
        Left = data;
    }

    private void Write(ArrayBufferWriter<byte> records, uint check, SafeFileHandle index)
    {
        RandomAccess.SetLength(index, _end);
        RandomAccess.Write(index, records.WrittenSpan, _end);
        _end += records.WrittenCount;
        _check = check;
    }

    /// <returns>False when there was no whole record.</returns>
    private bool Take(ReadOnlySpan<byte> bytes)
    {
        var before = _end;
        while (IndexRecords.TryRead(bytes, _check, Layout, out var record))
        {
            Take(record);
            bytes = bytes[record.Length..];
            _end += record.Length;
            _check = record.Check;
        }

        return _end > before;
    }

    private void Take(in IndexRecord record)
    {
        switch (record.Kind)
        {
            case IndexRecordKind.Here:
                _present.Add(record.Piece);
                break;
            case IndexRecordKind.Gone:
                _present.Remove(record.Piece);
                break;
            case IndexRecordKind.Opened:
                Left = null;
                break;
            case IndexRecordKind.Closed:
                Left = record.Closed;
                break;
            case IndexRecordKind.Suspect:
                break;
        }
    }
}
