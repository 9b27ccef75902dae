using Microsoft.Extensions.Logging;

namespace BtFs.Mount.Scanning;

/// <summary>What one program has had on one mount. Safe from any thread.</summary>
/// <param name="program">Its name.</param>
/// <param name="kind">How it scans; null for one that the user has named.</param>
/// <param name="state">How it stands to begin with.</param>
/// <param name="limits">What it may have.</param>
/// <param name="time">Measures the time in which.</param>
/// <param name="log">Hears the first time that it is too much.</param>
internal sealed class ScannerAccount(
    string program, ScannerKind? kind, ScannerState state, ScanLimits limits, TimeProvider time, ILogger log)
{
    /// <summary>Files that may be remembered before those of long ago are looked for.</summary>
    private const int TidyAbove = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<(int Branch, int Node), FileSpending> _files = [];
    private ScannerState _state = state;
    private double _sweepLeft = limits.SweepBytes;
    private long _sweepAt = time.GetTimestamp();
    private long _openings;
    private long _bytesRead;
    private long _bytesFetched;
    private long _refusals;
    private bool _hasTold;
    private int _tidyAbove = TidyAbove;

    /// <summary>How it stands and what it has had.</summary>
    public ScannerReport Report
    {
        get
        {
            lock (_lock)
            {
                return new ScannerReport(program, _state, _openings, _bytesRead, _bytesFetched, _refusals);
            }
        }
    }

    /// <summary>Counts an opening.</summary>
    /// <returns>Whether it may read at all, and whether within bounds.</returns>
    public ScannerState Open()
    {
        lock (_lock)
        {
            _openings++;
            _refusals += _state == ScannerState.Denied ? 1 : 0;
            return _state;
        }
    }

    /// <summary>Counts a read, whether its bytes are here or not.</summary>
    public void NoteRead(int bytes)
    {
        lock (_lock)
        {
            _bytesRead += bytes;
        }
    }

    /// <summary>Counts bytes of a file to be fetched, or refuses them.</summary>
    /// <param name="branch">The file's branch.</param>
    /// <param name="node">The file.</param>
    /// <param name="pieceLength">Bytes in a piece of its torrent.</param>
    /// <param name="bytes">How many.</param>
    public bool MayFetch(int branch, FileNode node, int pieceLength, long bytes)
    {
        lock (_lock)
        {
            var limit = Math.Max(limits.BytesPerFile, (long)limits.PiecesPerFile * pieceLength);
            var spending = SpendingOn(branch, node, limit);
            if (spending is { } spent && spent.Bytes >= limit)
            {
                if (!Refuse())
                {
                    Log.FileSpent(log, program, spent.Bytes >> 20, node.ToString());
                }

                return false;
            }

            if (kind == ScannerKind.Sweeping && !HasSweepLeft())
            {
                if (!Refuse())
                {
                    Log.SweepSpent(log, program, limits.SweepBytes >> 20);
                }

                return false;
            }

            // One read may go beyond, by less than its own length and a piece: otherwise large pieces could not be had at all.
            _sweepLeft -= bytes;
            _bytesFetched += bytes;
            _state = ScannerState.Sampling;
            if (spending is { } before)
            {
                _files[(branch, node.Number)] = before with { Bytes = before.Bytes + bytes };
            }

            return true;
        }
    }

    /// <summary>What a file has had; null for one too short to be bounded, so that only few have to be remembered.</summary>
    private FileSpending? SpendingOn(int branch, FileNode node, long limit)
    {
        if (node.Length <= limit)
        {
            return null;
        }

        if (_files.TryGetValue((branch, node.Number), out var spending) && !IsOver(spending))
        {
            return spending;
        }

        if (_files.Count >= _tidyAbove)
        {
            foreach (var (file, _) in _files.Where(entry => IsOver(entry.Value)).ToList())
            {
                _files.Remove(file);
            }

            _tidyAbove = Math.Max(TidyAbove, 2 * _files.Count);
        }

        return new FileSpending(0, time.GetTimestamp());
    }

    private bool IsOver(FileSpending spending) => time.GetElapsedTime(spending.Since) >= limits.FilePeriod;

    private bool HasSweepLeft()
    {
        var earned = time.GetElapsedTime(_sweepAt) / limits.SweepPeriod * limits.SweepBytes;
        _sweepAt = time.GetTimestamp();
        _sweepLeft = Math.Min(limits.SweepBytes, _sweepLeft + earned);
        return _sweepLeft > 0;
    }

    /// <summary>Counts a refusal; says whether there has been a word about it before.</summary>
    private bool Refuse()
    {
        _refusals++;
        _state = ScannerState.OverBudget;
        var told = _hasTold;
        _hasTold = true;
        return told;
    }

    /// <param name="Bytes">Fetched of the file.</param>
    /// <param name="Since">From when on.</param>
    private readonly record struct FileSpending(long Bytes, long Since);
}
