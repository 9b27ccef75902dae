using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using BtFs.Engine.Layout;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Storage;

/// <summary>The bytes of the index journal: a header, then records to its end. Pure. All numbers little-endian.</summary>
/// <remarks>
/// <code>
/// header   magic u64 · infohash 20 B · torrent length i64 · piece length i32 · check u32
/// here     kind i32 · piece i32 · checksum u64 for each block · check u32
/// gone     kind i32 · piece i32 · check u32
/// suspect  kind i32 · piece i32 · check u32
/// opened   kind i32 · boot id 16 B · inode u64 · believes u8 · check u32
/// closed   kind i32 · inode u64 · length i64 · modified i64 · check u32
/// </code>
/// A check is half of an XxHash3 that is seeded with the check before it. So a record counts only behind the records it was written
/// behind: what a failed write, or an older and longer journal, left on the disk is never taken for one.
/// </remarks>
internal static class IndexRecords
{
    /// <summary>Bytes of the header.</summary>
    internal const int HeaderLength = 44;

    /// <summary>Bytes of a record around what it says: its kind and its check.</summary>
    internal const int FrameLength = KindLength + CheckLength;

    private const ulong Magic = 0x0002_7844_4973_4674; // The last two bytes are the version.
    private const int KindLength = 4;
    private const int CheckLength = 4;
    private const int PieceLength = sizeof(int);
    private const int OpenedLength = 16 + sizeof(ulong) + 1;
    private const int ClosedLength = 3 * sizeof(ulong);

    /// <summary>Bytes of the record of a piece with so many blocks.</summary>
    internal static int LengthOf(int blocks) => FrameLength + PieceLength + blocks * sizeof(ulong);

    /// <summary>Bytes of the longest record of a torrent.</summary>
    internal static int LongestOf(TorrentLayout layout) =>
        Math.Max(FrameLength + OpenedLength, layout.PieceCount == 0 ? 0 : LengthOf(layout.BlocksIn(new PieceIndex(0))));

    /// <returns>The header's check.</returns>
    internal static uint WriteHeader(IBufferWriter<byte> to, InfoHash torrent, TorrentLayout layout)
    {
        var header = to.GetSpan(HeaderLength)[..HeaderLength];
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        torrent.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt64LittleEndian(header[28..], layout.TotalLength);
        BinaryPrimitives.WriteInt32LittleEndian(header[36..], layout.PieceLength);
        return Seal(to, header, before: 0);
    }

    /// <summary>Reads the torrent's arithmetic from a header; what its files are is not in there.</summary>
    /// <param name="header">Its bytes.</param>
    /// <param name="torrent">Whose header it must be.</param>
    /// <param name="layout">The arithmetic, as if the torrent were one file.</param>
    /// <param name="check">The header's check.</param>
    internal static bool TryReadHeader(ReadOnlySpan<byte> header, InfoHash torrent, [NotNullWhen(true)] out TorrentLayout? layout, out uint check)
    {
        const int Body = HeaderLength - CheckLength;
        layout = null;
        check = 0;
        Span<byte> hash = stackalloc byte[InfoHash.Size];
        torrent.CopyTo(hash);
        if (header.Length < HeaderLength
            || BinaryPrimitives.ReadUInt64LittleEndian(header) != Magic
            || !header.Slice(8, InfoHash.Size).SequenceEqual(hash)
            || BinaryPrimitives.ReadUInt32LittleEndian(header[Body..]) != Check(header[..Body], before: 0))
        {
            return false;
        }

        check = BinaryPrimitives.ReadUInt32LittleEndian(header[Body..]);
        var length = BinaryPrimitives.ReadInt64LittleEndian(header[28..]);
        var pieceLength = BinaryPrimitives.ReadInt32LittleEndian(header[36..]);
        layout = length > 0 && pieceLength > 0 ? new TorrentLayout(pieceLength, [length]) : null;
        return layout is not null;
    }

    /// <param name="to">Where to.</param>
    /// <param name="before">The check of the record before, as for all of these.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="sums">Its checksums.</param>
    /// <returns>The record's check.</returns>
    internal static uint WriteHere(IBufferWriter<byte> to, uint before, PieceIndex piece, ReadOnlySpan<ulong> sums)
    {
        var record = Begin(to, IndexRecordKind.Here, PieceLength + sums.Length * sizeof(ulong), out var body);
        BinaryPrimitives.WriteInt32LittleEndian(body, piece.Value);
        for (var i = 0; i < sums.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(body[(PieceLength + i * sizeof(ulong))..], sums[i]);
        }

        return Seal(to, record, before);
    }

    internal static uint WriteGone(IBufferWriter<byte> to, uint before, PieceIndex piece) => WritePiece(to, before, IndexRecordKind.Gone, piece);

    internal static uint WriteSuspect(IBufferWriter<byte> to, uint before, PieceIndex piece) => WritePiece(to, before, IndexRecordKind.Suspect, piece);

    internal static uint WriteOpened(IBufferWriter<byte> to, uint before, Guid boot, ulong inode, bool believes)
    {
        var record = Begin(to, IndexRecordKind.Opened, OpenedLength, out var body);
        boot.TryWriteBytes(body);
        BinaryPrimitives.WriteUInt64LittleEndian(body[16..], inode);
        body[24] = believes ? (byte)1 : (byte)0;
        return Seal(to, record, before);
    }

    internal static uint WriteClosed(IBufferWriter<byte> to, uint before, FileIdentity left)
    {
        var record = Begin(to, IndexRecordKind.Closed, ClosedLength, out var body);
        BinaryPrimitives.WriteUInt64LittleEndian(body, left.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(body[8..], left.Length);
        BinaryPrimitives.WriteInt64LittleEndian(body[16..], left.ModifiedAt);
        return Seal(to, record, before);
    }

    /// <summary>Reads the record at the front of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">From the record's first byte on.</param>
    /// <param name="before">The check of the record before.</param>
    /// <param name="layout">The torrent's arithmetic.</param>
    /// <param name="record">The record, in those bytes.</param>
    /// <returns><see langword="false"/> if this is no whole, undamaged record of this torrent in its place: the journal ends here.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, uint before, TorrentLayout layout, out IndexRecord record)
    {
        record = default;
        if (bytes.Length < FrameLength)
        {
            return false;
        }

        var kind = (IndexRecordKind)BinaryPrimitives.ReadInt32LittleEndian(bytes);
        var length = BodyLength(kind, bytes[KindLength..], layout);
        if (length == 0 || bytes.Length < FrameLength + length)
        {
            return false;
        }

        var check = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(KindLength + length)..]);
        if (check != Check(bytes[..(KindLength + length)], before))
        {
            return false;
        }

        record = new IndexRecord(kind, bytes.Slice(KindLength, length), check);
        return true;
    }

    // 0: no record of this torrent.
    private static int BodyLength(IndexRecordKind kind, ReadOnlySpan<byte> body, TorrentLayout layout)
    {
        switch (kind)
        {
            case IndexRecordKind.Opened: return OpenedLength;
            case IndexRecordKind.Closed: return ClosedLength;
            case IndexRecordKind.Here or IndexRecordKind.Gone or IndexRecordKind.Suspect: break;
            default: return 0;
        }

        var piece = new PieceIndex(BinaryPrimitives.ReadInt32LittleEndian(body));
        if (!layout.Contains(piece))
        {
            return 0;
        }

        return kind == IndexRecordKind.Here ? PieceLength + layout.BlocksIn(piece) * sizeof(ulong) : PieceLength;
    }

    private static uint WritePiece(IBufferWriter<byte> to, uint before, IndexRecordKind kind, PieceIndex piece)
    {
        var record = Begin(to, kind, PieceLength, out var body);
        BinaryPrimitives.WriteInt32LittleEndian(body, piece.Value);
        return Seal(to, record, before);
    }

    private static Span<byte> Begin(IBufferWriter<byte> to, IndexRecordKind kind, int bodyLength, out Span<byte> body)
    {
        var record = to.GetSpan(FrameLength + bodyLength)[..(FrameLength + bodyLength)];
        BinaryPrimitives.WriteInt32LittleEndian(record, (int)kind);
        body = record.Slice(KindLength, bodyLength);
        return record;
    }

    private static uint Seal(IBufferWriter<byte> to, Span<byte> record, uint before)
    {
        var check = Check(record[..^CheckLength], before);
        BinaryPrimitives.WriteUInt32LittleEndian(record[^CheckLength..], check);
        to.Advance(record.Length);
        return check;
    }

    private static uint Check(ReadOnlySpan<byte> bytes, uint before) => unchecked((uint)XxHash3.HashToUInt64(bytes, before));
}
