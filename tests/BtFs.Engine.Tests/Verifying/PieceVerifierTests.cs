using System.Collections.Concurrent;
using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Tests.Verifying;

public sealed class PieceVerifierTests : IAsyncLifetime
{
    private readonly SampleTorrent _torrent = new(pieceLength: 140_000, length: 380_001);
    private readonly SharedBufferPool _pool = new();
    private readonly HashWorkers _workers = new(threads: 1);
    private readonly PieceVerifier _verifier;

    public PieceVerifierTests() => _verifier = new PieceVerifier(_workers, _torrent.HashOf);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _verifier.DisposeAsync();
        await _workers.DisposeAsync();
        _pool.Dispose();
    }

    [Fact]
    public async Task A_piece_that_hashes_to_its_promise_is_proven_whole()
    {
        foreach (var piece in _torrent.Pieces)
        {
            var assembly = _torrent.Assemble(piece, _pool);
            var proof = await VerifyAsync(assembly);
            assembly.Drop();

            Assert.NotNull(proof);
            Assert.Equal(_torrent.Layout.Whole(piece), proof.Where);
            Assert.True(proof.Bytes.GetSpan()[..proof.Where.Length].SequenceEqual(_torrent.BytesOf(proof.Where)));
            proof.Bytes.Release();
        }

        Assert.Equal(0, _pool.LiveBytes);
    }

    [Fact]
    public async Task One_wrong_bit_anywhere_proves_nothing_and_leaks_nothing()
    {
        foreach (var place in new[] { 0, 16_383, 16_384, 139_999 })
        {
            var assembly = _torrent.Assemble(new PieceIndex(1), _pool);
            assembly.Bytes.GetSpan()[place] ^= 1;
            Assert.Null(await VerifyAsync(assembly));
            assembly.Drop();
        }

        Assert.Equal(0, _pool.LiveBytes);
    }

    [Fact]
    public async Task A_piece_dropped_while_it_waits_is_still_hashed_from_its_own_memory()
    {
        using var gate = new ManualResetEventSlim();
        _workers.Submit(urgent: true, gate.Wait);
        var assembly = _torrent.Assemble(new PieceIndex(0), _pool);
        var verified = VerifyAsync(assembly);
        assembly.Drop();
        var other = _pool.Rent(assembly.Length);
        other.GetSpan().Clear();
        gate.Set();

        var proof = await verified;
        Assert.NotNull(proof);
        proof.Bytes.Release();
        other.Release();
    }

    [Fact]
    public async Task A_piece_that_a_reader_waits_for_goes_first()
    {
        using var gate = new ManualResetEventSlim();
        _workers.Submit(urgent: true, gate.Wait);
        var order = new ConcurrentQueue<int>();
        var assemblies = _torrent.Pieces.Select(piece => _torrent.Assemble(piece, _pool)).ToList();
        foreach (var assembly in assemblies)
        {
            _verifier.Submit(assembly, urgent: assembly.Piece.Value == 2, proof =>
            {
                order.Enqueue(assembly.Piece.Value);
                proof?.Bytes.Release();
            });
        }

        gate.Set();
        await _verifier.DisposeAsync();
        Assert.Equal([2, 0, 1], order);
        assemblies.ForEach(assembly => assembly.Drop());
        Assert.Equal(0, _pool.LiveBytes);
    }

    [Fact]
    public void A_piece_with_a_missing_block_is_not_hashed()
    {
        var assembly = new PieceAssembly(new PieceIndex(0), _torrent.Layout, _pool.Rent(140_000));
        Assert.Throws<InvalidOperationException>(() => _verifier.Submit(assembly, urgent: true, _ => { }));
        assembly.Drop();
    }

    [Fact]
    public async Task Closing_answers_everything_that_was_submitted()
    {
        var answers = 0;
        var assemblies = Enumerable.Repeat(_torrent.Pieces, 50).SelectMany(pieces => pieces).Select(piece => _torrent.Assemble(piece, _pool)).ToList();
        assemblies.ForEach(assembly => _verifier.Submit(assembly, urgent: false, proof =>
        {
            proof?.Bytes.Release();
            Interlocked.Increment(ref answers);
        }));
        assemblies.ForEach(assembly => assembly.Drop());

        await _verifier.DisposeAsync();
        Assert.Equal(150, answers);
        Assert.Equal(0, _pool.LiveBytes);
    }

    private Task<VerifiedRange?> VerifyAsync(PieceAssembly assembly)
    {
        var answer = new TaskCompletionSource<VerifiedRange?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _verifier.Submit(assembly, urgent: true, answer.SetResult);
        return answer.Task;
    }
}
