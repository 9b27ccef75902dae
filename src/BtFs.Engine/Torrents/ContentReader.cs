using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Engine.Storage;

namespace BtFs.Engine.Torrents;

/// <summary>One open handle on a file: reads what is there, waits for what is not, and lets its reads steer the read-ahead.</summary>
internal sealed class ContentReader(FileIndex file, TorrentLayout layout, IRangeStore store, TorrentInbox inbox, TimeProvider time) : IContentReader
{
    private readonly long _start = layout.StartOf(file);
    private readonly long _startedAt = time.GetTimestamp();

    // The kernel reads one handle from several requests at once.
    private readonly Lock _lock = new();
    private readonly ReadAhead _ahead = new(layout.LengthOf(file), layout.PieceLength);

    /// <inheritdoc/>
    public bool TryRead(long offset, int length, ContentSegments into)
    {
        Note(offset, length);
        var at = _start + offset;
        var end = at + length;
        while (at < end)
        {
            var slice = layout.FirstSlice(at, end - at);
            if (!store.TryRead(slice, into))
            {
                into.Dispose();
                return false;
            }

            at += slice.Length;
        }

        return true;
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(long offset, int length, ContentSegments into, CancellationToken cancel)
    {
        Note(offset, length);
        var first = layout.PieceAt(_start + offset);
        var last = layout.PieceAt(_start + offset + length - 1);

        // A loop, not an if: a piece may be evicted between waking up and reading.
        while (!await TryReadAllAsync(offset, length, into, cancel))
        {
            await WaitForAsync(new Wish(first, last), cancel);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => inbox.Post(new TorrentEvent.WindowsMoved(this, []));

    private async ValueTask<bool> TryReadAllAsync(long offset, int length, ContentSegments into, CancellationToken cancel)
    {
        var at = _start + offset;
        var end = at + length;
        while (at < end)
        {
            var slice = layout.FirstSlice(at, end - at);
            if (!await store.ReadAsync(slice, into, cancel))
            {
                into.Dispose();
                return false;
            }

            at += slice.Length;
        }

        return true;
    }

    private async Task WaitForAsync(Wish wish, CancellationToken cancel)
    {
        inbox.Post(new TorrentEvent.ReadWaits(wish));
        try
        {
            await wish.Granted.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            inbox.Post(new TorrentEvent.ReadLeft(wish));
            throw;
        }
    }

    private void Note(long offset, int length)
    {
        lock (_lock)
        {
            var now = time.GetElapsedTime(_startedAt);
            if (_ahead.Note(offset, length, now))
            {
                // Posted under the lock, so that an older picture never overtakes a newer one.
                inbox.Post(new TorrentEvent.WindowsMoved(this, [.. _ahead.Windows().Select(InTorrent)]));
            }
        }
    }

    private ReadWindow InTorrent(ReadWindow window) => window with { Start = _start + window.Start, End = _start + window.End };
}
