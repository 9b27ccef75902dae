using System.Security.Cryptography;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Tests.Metainfo;

public sealed class MerkleTreeTests
{
    private static readonly byte[][] Hashes = [.. Enumerable.Range(0, 5).Select(i => SHA256.HashData([(byte)i]))];

    [Fact]
    public void A_lone_hash_is_its_own_root() => Assert.Equal(Hashes[0], RootOf(1, height: 3));

    [Fact]
    public void Two_hashes_are_hashed_together() => Assert.Equal(Pair(Hashes[0], Hashes[1]), RootOf(2, height: 0));

    [Fact]
    public void Missing_leaves_are_zeros()
    {
        var zeros = new byte[32];
        var left = Pair(Pair(Hashes[0], Hashes[1]), Pair(Hashes[2], Hashes[3]));

        Assert.Equal(Pair(left, Pair(Pair(Hashes[4], zeros), Pair(zeros, zeros))), RootOf(5, height: 0));
    }

    [Fact]
    public void Missing_subtrees_are_the_hashes_of_zeros()
    {
        var zeros = new byte[32];
        var missing = Pair(Pair(zeros, zeros), Pair(zeros, zeros));

        Assert.Equal(Pair(Pair(Hashes[0], Hashes[1]), Pair(Hashes[2], missing)), RootOf(3, height: 2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_layer_is_a_whole_number_of_hashes(int length) =>
        Assert.Throws<ArgumentException>(() => MerkleTree.RootOf(new byte[length], 0, new byte[32]));

    [Theory]
    [InlineData(16 * 1024, 0)]
    [InlineData(32 * 1024, 1)]
    [InlineData(256 * 1024 * 1024, 14)]
    public void Pieces_are_as_high_above_blocks_as_they_are_long(int pieceLength, int height) =>
        Assert.Equal(height, MerkleTree.HeightOfPieces(pieceLength));

    private static byte[] RootOf(int count, int height)
    {
        var root = new byte[32];
        MerkleTree.RootOf(Hashes.Take(count).SelectMany(hash => hash).ToArray(), height, root);
        return root;
    }

    private static byte[] Pair(byte[] left, byte[] right) => SHA256.HashData([.. left, .. right]);
}
