using System.Buffers;
using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Tests.Verifying;

public sealed class PieceAssemblyTests : IDisposable
{
    private const int Blocks = 64;

    private static readonly PieceIndex Piece = new(1);
    private static readonly TorrentLayout Layout = new(Blocks * TorrentLayout.BlockLength, [Blocks * TorrentLayout.BlockLength * 2L]);

    private readonly SharedBufferPool _pool = new();

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void A_piece_is_complete_when_its_last_block_is_in_and_not_before()
    {
        var assembly = NewAssembly();
        for (var number = Blocks - 1; number >= 0; number--)
        {
            Assert.False(assembly.IsComplete || assembly.Has(number));
            Assert.True(assembly.TryWrite(Layout.BlockAt(Piece, number), Filled((byte)number)));
            Assert.True(assembly.Has(number));
        }

        Assert.True(assembly.IsComplete);
        Assert.Equal(Enumerable.Range(0, Blocks), assembly.Bytes.GetSpan().ToArray().Where((_, i) => i % TorrentLayout.BlockLength == 0).Select(b => (int)b));
        assembly.Drop();
    }

    [Fact]
    public void Of_many_peers_that_send_the_same_block_at_once_exactly_one_is_taken()
    {
        const int Peers = 4;
        var assembly = NewAssembly();
        var taken = new int[Blocks];
        var peers = new Thread[Peers];
        using var start = new Barrier(Peers);
        for (var peer = 0; peer < Peers; peer++)
        {
            var payload = Filled((byte)(peer + 1));
            peers[peer] = new Thread(() =>
            {
                start.SignalAndWait();
                for (var number = 0; number < Blocks; number++)
                {
                    if (assembly.TryWrite(Layout.BlockAt(Piece, number), payload))
                    {
                        Interlocked.Increment(ref taken[number]);
                    }
                }
            });
            peers[peer].Start();
        }

        Array.ForEach(peers, peer => peer.Join());
        Assert.All(taken, count => Assert.Equal(1, count));
        Assert.True(assembly.IsComplete);
        for (var number = 0; number < Blocks; number++)
        {
            var block = assembly.Bytes.GetSpan().Slice(number * TorrentLayout.BlockLength, TorrentLayout.BlockLength);
            Assert.Equal(-1, block.IndexOfAnyExcept(block[0]));
        }

        assembly.Drop();
    }

    [Fact]
    public void A_late_block_of_a_dropped_piece_touches_nobody_elses_memory()
    {
        var dropped = NewAssembly();
        dropped.Drop();
        var next = _pool.Rent(Layout.LengthOf(Piece));
        next.GetSpan().Clear();

        Assert.False(dropped.TryWrite(Layout.BlockAt(Piece, 0), Filled(0xFF)));
        Assert.Equal(-1, next.GetSpan().IndexOfAnyExcept((byte)0));
        next.Release();
    }

    [Fact]
    public void Memory_of_a_piece_dropped_while_blocks_come_in_goes_back_once_the_last_is_done()
    {
        for (var round = 0; round < 200; round++)
        {
            var assembly = NewAssembly();
            using var start = new Barrier(2);
            var session = new Thread(() =>
            {
                var payload = Filled(1);
                start.SignalAndWait();
                for (var number = 0; number < Blocks; number++)
                {
                    assembly.TryWrite(Layout.BlockAt(Piece, number), payload);
                }
            });
            session.Start();
            start.SignalAndWait();
            assembly.Drop();
            session.Join();
            Assert.Equal(0, _pool.LiveBytes);
        }
    }

    [Fact]
    public void A_payload_of_another_length_than_its_block_is_refused()
    {
        var assembly = NewAssembly();
        var shorter = new ReadOnlySequence<byte>(new byte[TorrentLayout.BlockLength - 1]);

        Assert.Throws<ArgumentException>(() => assembly.TryWrite(Layout.BlockAt(Piece, 0), shorter));
        Assert.True(assembly.TryWrite(Layout.BlockAt(Piece, 0), Filled(1)));
        assembly.Drop();
    }

    private static ReadOnlySequence<byte> Filled(byte value)
    {
        var bytes = new byte[TorrentLayout.BlockLength];
        bytes.AsSpan().Fill(value);
        return new ReadOnlySequence<byte>(bytes);
    }

    private PieceAssembly NewAssembly() => new(Piece, Layout, _pool.Rent(Layout.LengthOf(Piece)));
}
