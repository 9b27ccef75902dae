using System.Numerics;
using System.Security.Cryptography;

namespace BtFs.Protocol.Metainfo;

/// <summary>The binary SHA-256 trees of BEP 52: one for each file, its leaves the hashes of 16 KiB blocks.</summary>
public static class MerkleTree
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashSize = SHA256.HashSizeInBytes;

    /// <summary>Bytes under one leaf.</summary>
    public const int BlockLength = 16 * 1024;

    /// <summary>The hash that stands for a subtree beyond the file's end: its leaves are zero hashes, not hashes of zeros.</summary>
    /// <param name="height">Layers between the subtree's top and its leaves; 0 is a leaf.</param>
    /// <param name="destination">At least 32 bytes.</param>
    public static void HashOfPadding(int height, Span<byte> destination)
    {
        Span<byte> pair = stackalloc byte[2 * HashSize];
        pair.Clear();
        for (var i = 0; i < height; i++)
        {
            SHA256.HashData(pair, pair[..HashSize]);
            pair[..HashSize].CopyTo(pair[HashSize..]);
        }

        pair[..HashSize].CopyTo(destination);
    }

    /// <summary>The root over one layer of a tree.</summary>
    /// <param name="layer">The layer's hashes, at least one, without padding.</param>
    /// <param name="height">Layers between this one and the leaves.</param>
    /// <param name="destination">At least 32 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="layer"/> is empty or not a whole number of hashes.</exception>
    public static void RootOf(ReadOnlySpan<byte> layer, int height, Span<byte> destination)
    {
        if (layer.IsEmpty || layer.Length % HashSize != 0)
        {
            throw new ArgumentException("A layer is a whole number of hashes.", nameof(layer));
        }

        Span<byte> padding = stackalloc byte[HashSize];
        HashOfPadding(height, padding);
        var hashes = layer.ToArray();
        for (var count = layer.Length / HashSize; count > 1; count = (count + 1) / 2)
        {
            FoldInPlace(hashes, count, padding);
        }

        hashes.AsSpan(0, HashSize).CopyTo(destination);
    }

    /// <summary>Layers between the hashes of pieces and those of blocks.</summary>
    /// <param name="pieceLength">A power of two from 16 KiB up.</param>
    public static int HeightOfPieces(int pieceLength) => BitOperations.Log2((uint)(pieceLength / BlockLength));

    /// <summary>Turns a layer into the one above it, and its padding into that one's.</summary>
    private static void FoldInPlace(Span<byte> hashes, int count, Span<byte> padding)
    {
        Span<byte> pair = stackalloc byte[2 * HashSize];
        for (var i = 0; i < count; i += 2)
        {
            hashes.Slice(i * HashSize, HashSize).CopyTo(pair);
            (i + 1 < count ? hashes.Slice((i + 1) * HashSize, HashSize) : padding).CopyTo(pair[HashSize..]);
            SHA256.HashData(pair, hashes.Slice(i / 2 * HashSize, HashSize));
        }

        padding.CopyTo(pair);
        padding.CopyTo(pair[HashSize..]);
        SHA256.HashData(pair, padding);
    }
}
