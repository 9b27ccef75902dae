using BtFs.Engine.Layout;

namespace BtFs.Testing.Swarms;

/// <summary>The bytes of a torrent of any size, made of nothing: each block is a stretch of the same noise, chosen by its place.</summary>
internal sealed class SwarmContent(TorrentLayout layout, int seed)
{
    private const int NoiseBytes = 1 << 18;

    private static readonly byte[] Noise = NewNoise();

    /// <summary>A block's true bytes. Two blocks are alike once in a quarter of a million pairs.</summary>
    internal ReadOnlyMemory<byte> Of(BlockRef block) => Noise.AsMemory(StartOf(block), block.Length);

    /// <summary>The same with one byte changed, another each time.</summary>
    internal ReadOnlyMemory<byte> Spoilt(BlockRef block, Random random)
    {
        var bytes = Of(block).ToArray();
        bytes[random.Next(bytes.Length)] ^= 0x5a;
        return bytes;
    }

    /// <summary>Whether a piece is as the torrent promises.</summary>
    internal bool IsTrue(PieceIndex piece, ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < layout.BlocksIn(piece); i++)
        {
            var block = layout.BlockAt(piece, i);
            if (!bytes.Slice(block.Offset, block.Length).SequenceEqual(Of(block).Span))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a stretch of the torrent, of any start and length, is as it promises.</summary>
    internal bool IsTrue(long offset, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var slice = layout.FirstSlice(offset, bytes.Length);
            var block = layout.BlockAt(slice.Piece, slice.Offset / TorrentLayout.BlockLength);
            var within = slice.Offset - block.Offset;
            var length = Math.Min(block.Length - within, slice.Length);
            if (!bytes[..length].SequenceEqual(Of(block).Span.Slice(within, length)))
            {
                return false;
            }

            offset += length;
            bytes = bytes[length..];
        }

        return true;
    }

    private int StartOf(BlockRef block)
    {
        // The finaliser of SplitMix64: neighbours land far apart.
        unchecked
        {
            var x = ((ulong)(uint)block.Piece.Value << 24) ^ ((ulong)(uint)block.Number << 1) ^ ((ulong)(uint)seed << 40);
            x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
            x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
            return (int)((x ^ (x >> 31)) % (NoiseBytes - TorrentLayout.BlockLength));
        }
    }

    private static byte[] NewNoise()
    {
        var noise = new byte[NoiseBytes];
        new Random(1).NextBytes(noise);
        return noise;
    }
}
