using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Engine.Storage;
using BtFs.Engine.Torrents;

namespace BtFs.Engine.Containers;

/// <summary>Has the index of one open file fetched ahead, once somebody has read the file's head.</summary>
/// <remarks>
/// It has no task and never waits: it goes a few steps whenever a read of the file was answered, and what it lacks it asks for as
/// a window of its own, which comes after every waiting reader. While a reader waits the link is the reader's; when the answer is
/// there, so is the next step. Safe from any thread.
/// </remarks>
internal sealed class ContainerWarmUp
{
    /// <summary>Shorter files are read ahead to their end sooner than their index is found.</summary>
    internal const long MinFileLength = 4L << 20;

    /// <summary>How pressing an index is beside what is read ahead, bytes per second: as for a reader whose speed is not known.</summary>
    private const double Pace = 4 << 20;

    private readonly Lock _lock = new();
    private readonly ContentSegments _segments = new();
    private readonly TorrentLayout _layout;
    private readonly IRangeStore _store;
    private readonly Action<TorrentEvent> _post;
    private readonly long _start;
    private IndexSearch? _search;
    private FileRange? _wanted;
    private volatile Stage _stage;

    internal ContainerWarmUp(FileIndex file, TorrentLayout layout, IRangeStore store, Action<TorrentEvent> post)
    {
        File = file;
        _layout = layout;
        _store = store;
        _post = post;
        _start = layout.StartOf(file);
    }

    private enum Stage
    {
        BeforeHead,
        Searching,
        Over,
    }

    internal FileIndex File { get; }

    /// <summary>Open handles that share this. Its owner's.</summary>
    internal int Readers { get; set; }

    private long FileLength => _layout.LengthOf(File);

    /// <summary>A read was answered: goes on as far as it can with what is in memory.</summary>
    /// <param name="offset">Where in the file the answer begins.</param>
    /// <param name="answer">Its bytes, still held.</param>
    internal void Answered(long offset, ContentSegments answer)
    {
        // Where the lock is taken, another read that is being answered at this moment does the work.
        var stage = _stage;
        if (stage == Stage.Over || (stage == Stage.BeforeHead && offset != 0) || !_lock.TryEnter())
        {
            return;
        }

        try
        {
            GoOn(offset, answer);
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Nobody has the file open any more.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _stage = Stage.Over;
            Want(null);
        }
    }

    private void GoOn(long offset, ContentSegments answer)
    {
        if (_stage == Stage.BeforeHead && TryTake(new FileRange(0, ContainerFormat.HeadLength), offset, answer) is { } head)
        {
            Begin(head);
        }

        // Over already, if the last handle was closed between the look at the stage and the lock.
        if (_stage != Stage.Searching || _search is not { } search)
        {
            return;
        }

        while (search.Needs is { } needs && TryTake(needs, offset, answer) is { } bytes)
        {
            search.Supply(bytes);
        }

        Want(search.Needs ?? search.Found);
        if (search.Needs is null)
        {
            _stage = Stage.Over;
        }
    }

    private void Begin(ReadOnlySpan<byte> head)
    {
        if (ContainerFormat.Recognise(head, FileLength) is { } finder)
        {
            _search = new IndexSearch(finder, FileLength);
            _stage = Stage.Searching;
        }
        else
        {
            _stage = Stage.Over;
        }
    }

    /// <summary>Asks for a range instead of the one before.</summary>
    private void Want(FileRange? range)
    {
        if (range == _wanted)
        {
            return;
        }

        // Posted under the lock, so that an older wish never overtakes a newer one.
        _wanted = range;
        _post(new TorrentEvent.WindowsMoved(this, range is { } wanted ? [new ReadWindow(_start + wanted.Start, _start + wanted.End, Pace)] : []));
    }

    /// <summary>Bytes of the file, from the answer or from memory; null when they are in neither.</summary>
    private byte[]? TryTake(FileRange range, long offset, ContentSegments answer)
    {
        if (range.Start >= offset && range.End <= offset + answer.Length)
        {
            return answer.ToArray((int)(range.Start - offset), (int)range.Length);
        }

        try
        {
            for (var at = range.Start; at < range.End;)
            {
                var slice = _layout.FirstSlice(_start + at, range.End - at);
                if (!_store.TryRead(slice, _segments))
                {
                    return null;
                }

                at += slice.Length;
            }

            return _segments.ToArray(0, (int)range.Length);
        }
        finally
        {
            _segments.Dispose();
        }
    }
}
