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
/// header  magic u64 · infohash 20 B · torrent length i64 · piece length i32 · CRC-32 u32
/// record  mark u32 · piece i32 · blocks i32 · checksum u64 for each block · CRC-32 u32
/// </code>
/// A record with no blocks says that the piece is no longer there. A record's CRC covers its own offset too: what a
/// failed write left behind the end is never taken for a record.
/// </remarks>
internal static class IndexRecords
{
    /// <summary>Bytes of the header.</summary>
    internal const int HeaderLength = 44;

    private const ulong Magic = 0x0001_7844_4973_4674; // The last two bytes are the version.
    private const uint Mark = 0x4345_5242;
    private const int PrefixLength = 12;
    private const int CrcLength = 4;

    /// <summary>Bytes of a record with so many blocks.</summary>
    internal static int LengthOf(int blocks) => PrefixLength + blocks * sizeof(ulong) + CrcLength;

    internal static void WriteHeader(IBufferWriter<byte> to, InfoHash torrent, TorrentLayout layout)
    {
        var header = to.GetSpan(HeaderLength)[..HeaderLength];
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        torrent.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt64LittleEndian(header[28..], layout.TotalLength);
        BinaryPrimitives.WriteInt32LittleEndian(header[36..], layout.PieceLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], Crc(header[..40], offset: 0));
        to.Advance(HeaderLength);
    }

    /// <summary>Reads the torrent's arithmetic from a header; what its files are is not in there.</summary>
    /// <param name="header">Its bytes.</param>
    /// <param name="torrent">Whose header it must be.</param>
    /// <param name="layout">The arithmetic, as if the torrent were one file.</param>
    internal static bool TryReadLayout(ReadOnlySpan<byte> header, InfoHash torrent, [NotNullWhen(true)] out TorrentLayout? layout)
    {
        layout = null;
        Span<byte> hash = stackalloc byte[InfoHash.Size];
        torrent.CopyTo(hash);
        if (header.Length < HeaderLength
            || BinaryPrimitives.ReadUInt64LittleEndian(header) != Magic
            || !header.Slice(8, InfoHash.Size).SequenceEqual(hash)
            || BinaryPrimitives.ReadUInt32LittleEndian(header[40..]) != Crc(header[..40], offset: 0))
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt64LittleEndian(header[28..]);
        var pieceLength = BinaryPrimitives.ReadInt32LittleEndian(header[36..]);
        layout = length > 0 && pieceLength > 0 ? new TorrentLayout(pieceLength, [length]) : null;
        return layout is not null;
    }

    /// <param name="to">Where to.</param>
    /// <param name="offset">Where in the file the record will begin.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="sums">Its checksums; none when it is gone.</param>
    internal static void WriteRecord(IBufferWriter<byte> to, long offset, PieceIndex piece, ReadOnlySpan<ulong> sums)
    {
        var length = LengthOf(sums.Length);
        var record = to.GetSpan(length)[..length];
        BinaryPrimitives.WriteUInt32LittleEndian(record, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], piece.Value);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], sums.Length);
        for (var i = 0; i < sums.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(record[(PrefixLength + i * sizeof(ulong))..], sums[i]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(record[^CrcLength..], Crc(record[..^CrcLength], offset));
        to.Advance(length);
    }

    /// <summary>Reads the record at the front of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">From the record's first byte on.</param>
    /// <param name="offset">Where in the file that is.</param>
    /// <param name="layout">The torrent's arithmetic.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="sums">Its checksums; none when it is gone.</param>
    /// <returns><see langword="false"/> if this is no whole, undamaged record of this torrent: the journal ends here.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, long offset, TorrentLayout layout, out PieceIndex piece, out ulong[] sums)
    {
        piece = default;
        sums = [];
        if (bytes.Length < PrefixLength || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Mark)
        {
            return false;
        }

        piece = new PieceIndex(BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]));
        var blocks = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (!layout.Contains(piece) || (blocks != 0 && blocks != layout.BlocksIn(piece)) || bytes.Length < LengthOf(blocks))
        {
            return false;
        }

        var record = bytes[..LengthOf(blocks)];
        if (BinaryPrimitives.ReadUInt32LittleEndian(record[^CrcLength..]) != Crc(record[..^CrcLength], offset))
        {
            return false;
        }

        sums = new ulong[blocks];
        for (var i = 0; i < blocks; i++)
        {
            sums[i] = BinaryPrimitives.ReadUInt64LittleEndian(record[(PrefixLength + i * sizeof(ulong))..]);
        }

        return true;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes, long offset)
    {
        Span<byte> place = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(place, offset);
        var crc = new Crc32();
        crc.Append(place);
        crc.Append(bytes);
        return crc.GetCurrentHashAsUInt32();
    }
}
