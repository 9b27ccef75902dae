using System.Security.Cryptography;
using BtFs.Engine.Layout;

namespace BtFs.Engine.Verifying;

/// <summary>Hashes the pieces of one torrent (BEP 3, "pieces"). The only maker of <see cref="VerifiedRange"/>s.</summary>
internal sealed class PieceVerifier : IPieceVerifier, IAsyncDisposable
{
    /// <summary>Left to hash, bytes, up to which the caller's thread does it: 40 microseconds, less than a way to another thread and back.</summary>
    internal const int LittleLeft = 64 * 1024;

    private readonly HashWorkers _workers;
    private readonly Func<PieceIndex, ReadOnlySpan<byte>> _hashOf;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for each piece under way, and one for being open.
    private int _running = 1;
    private int _closed;

    /// <param name="workers">Where the hashing happens; stays the caller's.</param>
    /// <param name="hashOf">The 20 bytes of SHA-1 that the torrent promises for a piece. Called on any thread.</param>
    internal PieceVerifier(HashWorkers workers, Func<PieceIndex, ReadOnlySpan<byte>> hashOf)
    {
        _workers = workers;
        _hashOf = hashOf;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The assembly is not complete, or was dropped.</exception>
    public void Submit(PieceAssembly assembly, bool urgent, Action<VerifiedRange?> done)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed) != 0, this);
        // A hold of its own: the loop may drop the assembly while it is hashed.
        if (!assembly.IsComplete || !assembly.Bytes.TryHold())
        {
            throw new InvalidOperationException($"Piece {assembly.Piece} is not ready to be hashed.");
        }

        Interlocked.Increment(ref _running);
        if (assembly.Unhashed <= LittleLeft)
        {
            Answer(assembly, done);
            return;
        }

        _workers.Submit(urgent, () => Answer(assembly, done));
    }

    /// <summary>Waits until every piece that was submitted has been answered.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            OneLess();
        }

        await _idle.Task;
    }

    /// <summary>Whether these bytes are what the torrent promised.</summary>
    internal static bool Matches(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> promised)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(bytes, hash);
        return hash.SequenceEqual(promised);
    }

    private void Answer(PieceAssembly assembly, Action<VerifiedRange?> done)
    {
        var bytes = assembly.Bytes;
        if (assembly.Matches(_hashOf(assembly.Piece)))
        {
            done(new VerifiedRange(new PieceSlice(assembly.Piece, 0, assembly.Length), bytes));
        }
        else
        {
            bytes.Release();
            done(null);
        }

        OneLess();
    }

    private void OneLess()
    {
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _idle.TrySetResult();
        }
    }
}
