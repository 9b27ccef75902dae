using System.Buffers;
using System.Security.Cryptography;
using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Tests;

/// <summary>A torrent of seeded random bytes, with the right answers at hand.</summary>
internal sealed class SampleTorrent
{
    internal SampleTorrent(int pieceLength, long length, int seed = 1)
    {
        Layout = new TorrentLayout(pieceLength, [length]);
        Bytes = new byte[length];
        new Random(seed).NextBytes(Bytes);
        InfoHash = new InfoHash(SHA1.HashData(Bytes));
    }

    internal TorrentLayout Layout { get; }

    internal byte[] Bytes { get; }

    internal InfoHash InfoHash { get; }

    /// <summary>As a store knows it.</summary>
    internal StoredTorrent Stored => new(InfoHash, Layout, HashOf);

    internal IEnumerable<PieceIndex> Pieces => Enumerable.Range(0, Layout.PieceCount).Select(i => new PieceIndex(i));

    internal ReadOnlySpan<byte> BytesOf(PieceSlice slice) =>
        Bytes.AsSpan(checked((int)Layout.StartOf(slice.Piece) + slice.Offset), slice.Length);

    internal ReadOnlySpan<byte> HashOf(PieceIndex piece) => SHA1.HashData(BytesOf(Layout.Whole(piece)));

    /// <summary>A piece as it comes from the verifier.</summary>
    internal VerifiedRange Range(PieceIndex piece, SharedBufferPool pool)
    {
        var buffer = pool.Rent(Layout.LengthOf(piece));
        BytesOf(Layout.Whole(piece)).CopyTo(buffer.GetSpan());
        return new VerifiedRange(Layout.Whole(piece), buffer);
    }

    /// <summary>A piece with every block arrived.</summary>
    internal PieceAssembly Assemble(PieceIndex piece, SharedBufferPool pool)
    {
        var assembly = new PieceAssembly(piece, Layout, pool.Rent(Layout.LengthOf(piece)));
        for (var number = 0; number < Layout.BlocksIn(piece); number++)
        {
            var block = Layout.BlockAt(piece, number);
            var payload = BytesOf(new PieceSlice(piece, block.Offset, block.Length)).ToArray();
            assembly.TryWrite(block, new ReadOnlySequence<byte>(payload));
        }

        return assembly;
    }
}
