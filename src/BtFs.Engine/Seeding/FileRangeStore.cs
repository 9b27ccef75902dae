using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Engine.Verifying;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Seeding;

/// <summary>A complete torrent, served from the files that it was made of, where they lie. Read-only. Safe from any thread.</summary>
/// <remarks>
/// They are the user's files and may change at any time. A piece is hashed whole when it is first read; from then on a checksum
/// of each block stands for the hash. What no longer matches is lost.
/// </remarks>
internal sealed class FileRangeStore : IRangeStore
{
    /// <summary>Pieces hashed at a time: a peer asks for many blocks of one piece at once, which must not mean many hashes of it.</summary>
    private const int ConcurrentChecks = 1;

    private readonly TorrentLayout _layout;
    private readonly IReadOnlyList<string?> _paths;
    private readonly Func<PieceIndex, ReadOnlySpan<byte>> _hashOf;
    private readonly SharedBufferPool _buffers;
    private readonly ILogger _log;
    private readonly Action<PieceIndex> _lost;
    private readonly SemaphoreSlim _checks = new(ConcurrentChecks);

    // Null: not checked yet. Empty: lost.
    private readonly ulong[]?[] _sums;
    private int _toldOfChange;

    /// <param name="layout">The torrent's arithmetic.</param>
    /// <param name="paths">Where each file is, by the torrent's numbering; null for a pad file, which is zeros.</param>
    /// <param name="hashOf">The 20 bytes of SHA-1 that the torrent promises for a piece.</param>
    /// <param name="shared">What all stores share.</param>
    /// <param name="lost">Told, on any thread, when a piece turns out to be another; must only post.</param>
    internal FileRangeStore(
        TorrentLayout layout,
        IReadOnlyList<string?> paths,
        Func<PieceIndex, ReadOnlySpan<byte>> hashOf,
        SharedStorage shared,
        Action<PieceIndex> lost)
    {
        _layout = layout;
        _paths = paths;
        _hashOf = hashOf;
        _buffers = shared.Buffers;
        _log = shared.Log;
        _lost = lost;
        _sums = new ulong[]?[layout.PieceCount];
        Present = [.. Enumerable.Range(0, layout.PieceCount).Select(i => new PieceIndex(i))];
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<PieceIndex> Present { get; }

    /// <inheritdoc/>
    public long BytesWaiting => 0;

    /// <summary>Always false: the kernel's page cache is the memory of these files.</summary>
    public bool TryRead(PieceSlice slice, ContentSegments into) => false;

    /// <inheritdoc/>
    public async ValueTask<bool> ReadAsync(PieceSlice slice, ContentSegments into, CancellationToken cancel)
    {
        if (await SumsOfAsync(slice.Piece, cancel) is not { Length: > 0 } sums)
        {
            return false;
        }

        var run = _layout.WholeBlocks(slice);
        var buffer = _buffers.Rent(run.Length);
        try
        {
            if (!await TryReadFilesAsync(run, buffer.Memory, cancel) || !BlockChecksums.Match(_layout, run, buffer.GetSpan(), sums))
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

    /// <summary>Does not write to the user's files: the piece is lost at once.</summary>
    public void Add(VerifiedRange range)
    {
        range.Bytes.Release();
        _lost(range.Where.Piece);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

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
        var whole = _layout.Whole(piece);
        var buffer = _buffers.Rent(whole.Length);
        try
        {
            var isRight = await TryReadFilesAsync(whole, buffer.Memory, cancel) && PieceVerifier.Matches(buffer.GetSpan(), _hashOf(piece));
            return isRight ? BlockChecksums.Of(_layout, piece, buffer.GetSpan()) : [];
        }
        finally
        {
            buffer.Release();
        }
    }

    private async ValueTask<bool> TryReadFilesAsync(PieceSlice slice, Memory<byte> into, CancellationToken cancel)
    {
        foreach (var (file, offset, bytes) in _layout.FilesOf(slice))
        {
            var part = into[..(int)bytes];
            into = into[part.Length..];
            if (_paths[file.Value] is not { } path)
            {
                part.Span.Clear();
            }
            else if (!await TryReadFileAsync(path, offset, part, cancel))
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<bool> TryReadFileAsync(string path, long offset, Memory<byte> into, CancellationToken cancel)
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
        if (Interlocked.CompareExchange(ref _sums[piece.Value], [], was) != was)
        {
            return;
        }

        if (Interlocked.Exchange(ref _toldOfChange, 1) == 0)
        {
            var path = _layout.FilesIn(piece).Select(part => _paths[part.File.Value]).FirstOrDefault(path => path is not null);
            StorageLog.SourceChanged(_log, path ?? "A pad file");
        }

        _lost(piece);
    }
}
