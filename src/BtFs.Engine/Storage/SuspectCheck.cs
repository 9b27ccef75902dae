using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Storage;

/// <summary>Hashes what is suspect before it is served: all of a piece, once. Safe from any thread.</summary>
internal sealed class SuspectCheck(IStoredFile data, StoredTorrent torrent, PieceChecksums sums, SharedBufferPool buffers)
{
    // One at a time: a reader asks for many parts of one piece at once, which must not mean many hashes of it.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Believes a piece if its bytes hash to what the torrent promises.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="life">The life that is suspect.</param>
    /// <param name="cancel">The reader left.</param>
    /// <returns>Null when somebody else came first and found it right; else whether it is.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    internal async ValueTask<bool?> PassesAsync(PieceIndex piece, ushort life, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            return sums.BelievedLifeOf(piece) == life ? null : await IsRightAsync(piece, cancel) && sums.TryBelieve(piece, life);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<bool> IsRightAsync(PieceIndex piece, CancellationToken cancel)
    {
        var whole = torrent.Layout.Whole(piece);
        var buffer = buffers.Rent(whole.Length);
        try
        {
            return await data.ReadAsync(buffer.Memory, torrent.Layout.StartOf(piece), cancel) == whole.Length
                && BlockChecksums.Match(torrent.Layout, whole, buffer.GetSpan(), sums.SumsOf(piece))
                && PieceVerifier.Matches(buffer.GetSpan(), torrent.HashOf(piece));
        }
        finally
        {
            buffer.Release();
        }
    }
}
