using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Engine.Verifying;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Seeding;

/// <summary>A complete torrent, served from the files that it was made of, where they lie. Read-only. Safe from any thread.</summary>
/// <remarks>All of it is claimed, and each piece checked before it is first served; see <see cref="PieceFiles"/>.</remarks>
internal sealed class FileRangeStore : IRangeStore
{
    private readonly TorrentLayout _layout;
    private readonly IReadOnlyList<string?> _paths;
    private readonly PieceFiles _files;
    private readonly ILogger _log;
    private readonly Action<PieceIndex> _lost;
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
        _files = new PieceFiles(layout, [.. paths.Select(path => path is null ? PlacedFile.Pad : new PlacedFile(path))], hashOf, shared.Buffers, OnLost);
        _log = shared.Log;
        _lost = lost;
        Present = [.. Enumerable.Range(0, layout.PieceCount).Select(i => new PieceIndex(i))];
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<PieceIndex> Present { get; }

    /// <inheritdoc/>
    public long BytesWaiting => 0;

    /// <summary>Always false: the kernel's page cache is the memory of these files.</summary>
    public bool TryRead(PieceSlice slice, ContentSegments into) => false;

    /// <inheritdoc/>
    public ValueTask<bool> ReadAsync(PieceSlice slice, ContentSegments into, CancellationToken cancel) => _files.ReadAsync(slice, into, cancel);

    /// <summary>Does not write to the user's files: the piece is lost at once.</summary>
    public void Add(VerifiedRange range)
    {
        range.Bytes.Release();
        _lost(range.Where.Piece);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void OnLost(PieceIndex piece)
    {
        if (Interlocked.Exchange(ref _toldOfChange, 1) == 0)
        {
            var path = _layout.FilesIn(piece).Select(part => _paths[part.File.Value]).FirstOrDefault(path => path is not null);
            StorageLog.SourceChanged(_log, path ?? "A pad file");
        }

        _lost(piece);
    }
}
