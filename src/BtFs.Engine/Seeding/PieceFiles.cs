using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Seeding;

/// <summary>The pieces of a torrent in files where they lie. Read-only. Safe from any thread.</summary>
/// <remarks>
/// They are the user's files and may change at any time. A piece is hashed whole before it is first read; from then on a checksum
/// of each block stands for the hash. What no longer matches is lost, and not looked at again.
/// </remarks>
/// <param name="layout">The torrent's arithmetic.</param>
/// <param name="files">Where each file is, by the torrent's numbering.</param>
/// <param name="hashOf">The 20 bytes of SHA-1 that the torrent promises for a piece.</param>
/// <param name="buffers">Memory for what is read.</param>
/// <param name="lost">Told once, on any thread, of a piece that turns out to be another, or never was there.</param>
internal sealed class PieceFiles(
    TorrentLayout layout,
    IReadOnlyList<PlacedFile> files,
    Func<PieceIndex, ReadOnlySpan<byte>> hashOf,
    SharedBufferPool buffers,
    Action<PieceIndex> lost)
{
    /// <summary>Pieces hashed at a time: a peer asks for many blocks of one piece at once, which must not mean many hashes of it.</summary>
    private const int ConcurrentChecks = 1;

    private readonly SemaphoreSlim _checks = new(ConcurrentChecks);

    // Null: not checked yet. Empty: lost.
    private readonly ulong[]?[] _sums = new ulong[]?[layout.PieceCount];

    /// <summary>Whether every file that a piece needs is somewhere.</summary>
    internal bool MayHave(PieceIndex piece)
    {
        foreach (var (file, _) in layout.FilesIn(piece))
        {
            if (files[file.Value] is { Path: null, IsPad: false })
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a piece was found to be what the torrent promises, and has not changed that we know.</summary>
    internal bool IsKnownRight(PieceIndex piece) => Volatile.Read(ref _sums[piece.Value]) is { Length: > 0 };

    /// <summary>Whether a piece is what the torrent promises; hashed when nobody has asked before.</summary>
    internal async ValueTask<bool> IsRightAsync(PieceIndex piece, CancellationToken cancel) => (await SumsOfAsync(piece, cancel)).Length > 0;

    /// <summary>Adds a slice to <paramref name="into"/>, with a hold; false when these are not the torrent's bytes.</summary>
    internal async ValueTask<bool> ReadAsync(PieceSlice slice, ContentSegments into, CancellationToken cancel)
    {
        if (await SumsOfAsync(slice.Piece, cancel) is not { Length: > 0 } sums)
        {
            return false;
        }

        var run = layout.WholeBlocks(slice);
        var buffer = buffers.Rent(run.Length);
        try
        {
            if (!await TryReadFilesAsync(run, buffer.Memory, cancel) || !BlockChecksums.Match(layout, run, buffer.GetSpan(), sums))
            {
                Lose(slice.Piece, sums);
                return false;
            }

            buffer.TryHold();
            into.Add(buffer, slice.Offset - run.Offset, slice.Length);
            return true;
        }
        finally
        {
            buffer.Release();
        }
    }

    private async ValueTask<ulong[]> SumsOfAsync(PieceIndex piece, CancellationToken cancel)
    {
        if (Volatile.Read(ref _sums[piece.Value]) is { } known)
        {
            return known;
        }

        await _checks.WaitAsync(cancel);
        try
        {
            if (Volatile.Read(ref _sums[piece.Value]) is { } meanwhile)
            {
                return meanwhile;
            }

            var sums = await CheckAsync(piece, cancel);
            if (sums.Length == 0)
            {
                Lose(piece, was: null);
            }
            else
            {
                Volatile.Write(ref _sums[piece.Value], sums);
            }

            return sums;
        }
        finally
        {
            _checks.Release();
        }
    }

    private async ValueTask<ulong[]> CheckAsync(PieceIndex piece, CancellationToken cancel)
    {
        var whole = layout.Whole(piece);
        var buffer = buffers.Rent(whole.Length);
        try
        {
            var isRight = await TryReadFilesAsync(whole, buffer.Memory, cancel) && PieceVerifier.Matches(buffer.GetSpan(), hashOf(piece));
            return isRight ? BlockChecksums.Of(layout, piece, buffer.GetSpan()) : [];
        }
        finally
        {
            buffer.Release();
        }
    }

    private async ValueTask<bool> TryReadFilesAsync(PieceSlice slice, Memory<byte> into, CancellationToken cancel)
    {
        foreach (var (file, offset, bytes) in layout.FilesOf(slice))
        {
            var part = into[..(int)bytes];
            into = into[part.Length..];
            switch (files[file.Value])
            {
                case { IsPad: true }:
                    part.Span.Clear();
                    break;
                case { Path: { } path } when await TryReadFileAsync(path, offset, part, cancel):
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static async ValueTask<bool> TryReadFileAsync(string path, long offset, Memory<byte> into, CancellationToken cancel)
    {
        try
        {
            // Opened for each read: a torrent can have more files than a process may have open, and one that was replaced must be noticed.
            using var file = new StoredFile(SourceFiles.Open(path));
            return await file.ReadAsync(into, offset, cancel) == into.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Lose(PieceIndex piece, ulong[]? was)
    {
        if (Interlocked.CompareExchange(ref _sums[piece.Value], [], was) == was)
        {
            lost(piece);
        }
    }
}
