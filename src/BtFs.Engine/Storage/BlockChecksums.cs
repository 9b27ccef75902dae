using System.IO.Hashing;
using BtFs.Engine.Layout;

namespace BtFs.Engine.Storage;

/// <summary>A checksum for each block of one piece, taken while its bytes were known to be right.</summary>
/// <remarks>
/// XxHash3, seeded with the block's place in the torrent so that right bytes in the wrong place do not pass. It finds what a
/// disk or a careless hand does to the bytes; whoever can forge it owns the user's account already.
/// </remarks>
internal static class BlockChecksums
{
    /// <summary>Takes the checksums of a whole piece.</summary>
    internal static ulong[] Of(TorrentLayout layout, PieceIndex piece, ReadOnlySpan<byte> bytes)
    {
        var sums = new ulong[layout.BlocksIn(piece)];
        for (var number = 0; number < sums.Length; number++)
        {
            var block = layout.BlockAt(piece, number);
            sums[number] = Of(layout, block, bytes.Slice(block.Offset, block.Length));
        }

        return sums;
    }

    /// <summary>Whether a run of whole blocks is still what it was.</summary>
    /// <param name="layout">The torrent's arithmetic.</param>
    /// <param name="run">Whole blocks, see <see cref="TorrentLayout.WholeBlocks"/>.</param>
    /// <param name="bytes">The bytes of the run.</param>
    /// <param name="sums">The checksums of the piece.</param>
    internal static bool Match(TorrentLayout layout, PieceSlice run, ReadOnlySpan<byte> bytes, ReadOnlySpan<ulong> sums)
    {
        for (var offset = 0; offset < run.Length;)
        {
            var block = layout.BlockAt(run.Piece, (run.Offset + offset) / TorrentLayout.BlockLength);
            if (Of(layout, block, bytes.Slice(offset, block.Length)) != sums[block.Number])
            {
                return false;
            }

            offset += block.Length;
        }

        return true;
    }

    private static ulong Of(TorrentLayout layout, BlockRef block, ReadOnlySpan<byte> bytes) =>
        XxHash3.HashToUInt64(bytes, layout.StartOf(block.Piece) + block.Offset);
}
