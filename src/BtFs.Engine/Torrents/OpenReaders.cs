using BtFs.Engine.Reports;

namespace BtFs.Engine.Torrents;

/// <summary>The open handles of a torrent. Thread-safe.</summary>
internal sealed class OpenReaders
{
    private readonly HashSet<ContentReader> _open = [];

    internal void Add(ContentReader reader)
    {
        lock (_open)
        {
            _open.Add(reader);
        }
    }

    internal void Remove(ContentReader reader)
    {
        lock (_open)
        {
            _open.Remove(reader);
        }
    }

    /// <summary>What they do.</summary>
    /// <param name="waits">The reads that wait, as the loop sees them.</param>
    internal IReadOnlyList<ReaderReport> Report(IReadOnlyList<WaitReport> waits)
    {
        ContentReader[] open;
        lock (_open)
        {
            open = [.. _open];
        }

        return [.. open.Select(reader => reader.Report(waits.FirstOrDefault(wait => wait.Reader == reader)))];
    }
}
