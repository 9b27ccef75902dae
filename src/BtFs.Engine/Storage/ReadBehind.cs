namespace BtFs.Engine.Storage;

/// <summary>Has the system forget what a reader who reads on through the data file has had from the disk. Safe from any thread.</summary>
/// <remarks>
/// The mount's own pages hold the same bytes, so they would be in memory twice, and every page of the file would be a fresh one.
/// Read through the mount after the system's caches were dropped, 4 GiB came at 0.73 GB/s without this and at 1.8 GB/s with it, where an
/// ordinary file came at 2.2 GB/s. What is read here and there stays: somebody may read it again.
/// </remarks>
/// <param name="file">The data file.</param>
internal sealed class ReadBehind(IStoredFile file)
{
    /// <summary>Bytes let go at once.</summary>
    internal const long Stretch = 8 * MiB;

    /// <summary>Bytes that stay behind a reader: the kernel asks out of order, and reads ahead.</summary>
    internal const long Kept = 8 * MiB;

    private const long MiB = 1 << 20;

    /// <summary>How far from where a reader was its next request may lie.</summary>
    private const long Reach = MiB;

    /// <summary>Readers that are told apart.</summary>
    private const int MaxReaders = 4;

    private readonly Lock _lock = new();
    private readonly Run[] _runs = new Run[MaxReaders];
    private int _next;

    /// <summary>Bytes were read.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">How many.</param>
    /// <param name="isFromDisk">Whether they had to come from the disk: who has found all in memory so far has not brought it there.</param>
    internal void Note(long offset, int length, bool isFromDisk)
    {
        if (Take(offset, length, isFromDisk) is { } start)
        {
            file.LetGo(start, Stretch);
        }
    }

    /// <returns>Where a stretch begins that can go.</returns>
    private long? Take(long offset, int length, bool isFromDisk)
    {
        lock (_lock)
        {
            ref var run = ref RunAt(offset);
            run.End = Math.Max(run.End, offset + length);
            run.IsFromDisk |= isFromDisk;
            if (run.End - run.Start < Stretch + Kept)
            {
                return null;
            }

            var start = run.Start;
            run.Start += Stretch;
            return run.IsFromDisk ? start : null;
        }
    }

    /// <summary>The reader who reads on there, or the one longest ago, begun anew.</summary>
    private ref Run RunAt(long offset)
    {
        for (var i = 0; i < _runs.Length; i++)
        {
            if (offset >= _runs[i].End - Reach && offset <= _runs[i].End + Reach && _runs[i].End > 0)
            {
                return ref _runs[i];
            }
        }

        _next = (_next + 1) % _runs.Length;
        _runs[_next] = new Run { Start = offset, End = offset };
        return ref _runs[_next];
    }

    private struct Run
    {
        public long Start;
        public long End;

        // From the first request that had to wait on: for the later ones the system reads ahead.
        public bool IsFromDisk;
    }
}
