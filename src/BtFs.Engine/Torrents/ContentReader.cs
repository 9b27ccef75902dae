using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Engine.Reports;
using BtFs.Engine.Storage;

namespace BtFs.Engine.Torrents;

/// <summary>One open handle on a file: reads what is there, waits for what is not, and lets its reads steer the read-ahead.</summary>
internal sealed class ContentReader(
    FileIndex file,
    ReadingStyle style,
    TorrentLayout layout,
    IRangeStore store,
    TorrentInbox inbox,
    TimeProvider time,
    FetchAllowance? allowance = null) : IContentReader
{
    /// <summary>Times that a piece may be lost between its coming and its being read: four seconds of pauses in all.</summary>
    internal const int MaxLosses = 12;

    private readonly long _start = layout.StartOf(file);
    private readonly long _startedAt = time.GetTimestamp();

    // The kernel reads one handle from several requests at once.
    private readonly Lock _lock = new();
    private readonly ReadAhead _ahead = new(layout.LengthOf(file), layout.PieceLength);
    private readonly RecentRate _rate = new(TimeSpan.Zero);
    private bool _isClosed;
    private bool _hasRead;
    private long _position;
    private long _bytesRead;

    /// <summary>What the report is to call it.</summary>
    internal object? Label { get; init; }

    /// <summary>Where it is counted while it is open; null where nobody asks.</summary>
    internal OpenReaders? Among { get; init; }

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

            NoteRead(slice.Piece);
            at += slice.Length;
        }

        NoteAnswer(offset, length);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(long offset, int length, ContentSegments into, CancellationToken cancel)
    {
        Note(offset, length);
        try
        {
            await FillAsync(_start + offset, length, into, cancel);
            NoteAnswer(offset, length);
        }
        finally
        {
            if (into.Length < length)
            {
                into.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            inbox.Post(new TorrentEvent.WindowsMoved(this, []));
        }

        Among?.Remove(this);
    }

    /// <summary>What it does at this moment.</summary>
    /// <param name="wait">For what it waits, as the loop sees it.</param>
    internal ReaderReport Report(WaitReport? wait)
    {
        lock (_lock)
        {
            // Of several positions the one that is read from; the others are held.
            var window = _ahead.Windows(Now).Where(window => !window.IsHeld).Select(window => (ReadWindow?)window).LastOrDefault();
            return new ReaderReport
            {
                Label = Label,
                File = file,
                Style = style,
                Position = _position,
                BytesRead = _bytesRead,
                Rate = _rate.At(_bytesRead, Now),
                Window = window is { } open ? new ByteRange(open.Start, open.End) : null,
                Wait = wait,
            };
        }
    }

    /// <summary>Takes slice after slice, and keeps what it has: so a cache too small for the whole read still lets it end.</summary>
    private async ValueTask FillAsync(long at, int length, ContentSegments into, CancellationToken cancel)
    {
        var end = at + length;
        for (var losses = 0; at < end;)
        {
            var slice = layout.FirstSlice(at, end - at);
            if (await store.ReadAsync(slice, into, cancel))
            {
                NoteRead(slice.Piece);
                at += slice.Length;
                losses = 0;
                continue;
            }

            if (losses > 0)
            {
                // The piece was here, and is gone again before we came.
                await Task.Delay(PauseAfterLoss(losses, slice.Piece), time, cancel);
            }

            await WaitForAsync(new Wish(slice.Piece, layout.PieceAt(end - 1)) { IsScattered = IsScattered(at), File = file, Reader = this }, cancel);
            losses++;
        }
    }

    private static TimeSpan PauseAfterLoss(int losses, PieceIndex piece) => losses < MaxLosses
        ? TimeSpan.FromMilliseconds(1 << losses)
        : throw new ContentUnavailableException($"Piece {piece} came {losses} times and could not be kept.");

    private async Task WaitForAsync(Wish wish, CancellationToken cancel)
    {
        var counted = allowance?.Take(wish) ?? [];
        NoteWait(begins: true);
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
        finally
        {
            NoteWait(begins: false);
            allowance?.Done(counted);
        }
    }

    private void Note(long offset, int length)
    {
        if (style == ReadingStyle.Sampling)
        {
            return;
        }

        lock (_lock)
        {
            var now = Now;
            if (!_hasRead && !_isClosed)
            {
                _hasRead = true;
                inbox.Post(new TorrentEvent.FileRead(file));
            }

            if (_ahead.Note(offset, length, now) && !_isClosed)
            {
                // Posted under the lock, so that an older picture never overtakes a newer one.
                inbox.Post(new TorrentEvent.WindowsMoved(this, [.. _ahead.Windows(now).Select(InTorrent)]));
            }
        }
    }

    private void NoteAnswer(long offset, int length)
    {
        lock (_lock)
        {
            _position = offset + length;
            _bytesRead += length;
            _rate.Reached(_bytesRead, Now);
        }
    }

    /// <summary>Whoever only samples files will not come back for them.</summary>
    private void NoteRead(PieceIndex piece)
    {
        if (style == ReadingStyle.Following)
        {
            store.NoteRead(piece);
        }
    }

    private void NoteWait(bool begins)
    {
        lock (_lock)
        {
            if (begins)
            {
                _ahead.WaitBegins(Now);
            }
            else
            {
                _ahead.WaitEnds(Now);
            }
        }
    }

    private bool IsScattered(long at)
    {
        lock (_lock)
        {
            return _ahead.IsScattered(at - _start);
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_startedAt);

    private ReadWindow InTorrent(ReadWindow window) => window with { Start = _start + window.Start, End = _start + window.End };
}
