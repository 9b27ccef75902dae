using System.Buffers;
using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Tests.Verifying;

/// <summary>Pieces that are hashed while they arrive.</summary>
public sealed class PieceDigestTests : IDisposable
{
    private static readonly PieceIndex Piece = new(1);

    private readonly SampleTorrent _torrent = new(pieceLength: (40 * TorrentLayout.BlockLength) + 100, length: 2_000_000);
    private readonly SharedBufferPool _pool = new();

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void A_piece_whose_blocks_come_in_order_has_nothing_left_to_hash_after_the_last()
    {
        var assembly = Begin();
        for (var block = 0; block < BlockCount; block++)
        {
            Write(assembly, block);
            assembly.HashAhead();
        }

        Assert.Equal(0, assembly.Unhashed);
        Assert.True(assembly.Matches(_torrent.HashOf(Piece)));
        assembly.Drop();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void In_whatever_order_blocks_come_the_verdict_is_the_same(int seed)
    {
        var order = Enumerable.Range(0, BlockCount).ToArray();
        new Random(seed).Shuffle(order);
        var assembly = Begin();
        foreach (var block in order)
        {
            Write(assembly, block);
            assembly.HashAhead();
        }

        Assert.True(assembly.Matches(_torrent.HashOf(Piece)));
        assembly.Drop();
        Assert.Equal(0, _pool.LiveBytes);
    }

    [Fact]
    public void Only_what_came_before_its_turn_is_left_to_hash()
    {
        var assembly = Begin();
        for (var block = 0; block < BlockCount; block++)
        {
            if (block != 20)
            {
                Write(assembly, block);
                assembly.HashAhead();
            }
        }

        Assert.Equal(assembly.Length - (20 * TorrentLayout.BlockLength), assembly.Unhashed);
        assembly.Drop();
    }

    [Fact]
    public void A_block_that_was_hashed_cannot_be_replaced()
    {
        var assembly = Begin();
        Write(assembly, 0);
        assembly.HashAhead();
        var other = new ReadOnlySequence<byte>(new byte[TorrentLayout.BlockLength]);

        Assert.False(assembly.TryWrite(_torrent.Layout.BlockAt(Piece, 0), other));
        for (var block = 1; block < BlockCount; block++)
        {
            Write(assembly, block);
        }

        Assert.True(assembly.Matches(_torrent.HashOf(Piece)));
        assembly.Drop();
    }

    [Fact]
    public void Many_peers_at_one_piece_hash_it_right_and_together()
    {
        for (var round = 0; round < 50; round++)
        {
            var assembly = Begin();
            var next = -1;
            using var start = new Barrier(4);
            var peers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                start.SignalAndWait();
                for (var block = Interlocked.Increment(ref next); block < BlockCount; block = Interlocked.Increment(ref next))
                {
                    Write(assembly, block);
                    assembly.HashAhead();
                }
            })).ToList();
            peers.ForEach(peer => peer.Start());
            peers.ForEach(peer => peer.Join());

            Assert.True(assembly.Matches(_torrent.HashOf(Piece)));
            assembly.Drop();
        }

        Assert.Equal(0, _pool.LiveBytes);
    }

    [Fact]
    public async Task A_piece_let_go_half_hashed_is_still_judged_by_all_its_bytes()
    {
        await using var workers = new HashWorkers(threads: 1);
        await using var verifier = new PieceVerifier(workers, _torrent.HashOf);
        var assembly = Begin();
        Write(assembly, 0);
        assembly.HashAhead();
        for (var block = 1; block < BlockCount; block++)
        {
            Write(assembly, block);
        }

        using var gate = new ManualResetEventSlim();
        workers.Submit(urgent: true, gate.Wait);
        var answer = new TaskCompletionSource<VerifiedRange?>(TaskCreationOptions.RunContinuationsAsynchronously);
        verifier.Submit(assembly, urgent: true, answer.SetResult);
        assembly.Drop();
        gate.Set();

        var proof = await answer.Task;
        Assert.NotNull(proof);
        proof.Bytes.Release();
        Assert.Equal(0, _pool.LiveBytes);
    }

    private int BlockCount => _torrent.Layout.BlocksIn(Piece);

    private PieceAssembly Begin() => new(Piece, _torrent.Layout, _pool.Rent(_torrent.Layout.LengthOf(Piece)));

    private void Write(PieceAssembly assembly, int number)
    {
        var block = _torrent.Layout.BlockAt(Piece, number);
        var bytes = _torrent.BytesOf(new PieceSlice(Piece, block.Offset, block.Length)).ToArray();
        Assert.True(assembly.TryWrite(block, new ReadOnlySequence<byte>(bytes)));
    }
}
