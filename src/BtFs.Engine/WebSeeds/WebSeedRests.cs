using BtFs.Engine.Layout;

namespace BtFs.Engine.WebSeeds;

/// <summary>Which of a web seed is left alone for now, and until when: the server, or single files on it. No clock of its own; not thread-safe.</summary>
internal sealed class WebSeedRests
{
    private readonly BackOff _server = new();
    private readonly Dictionary<FileIndex, (BackOff BackOff, TimeSpan? Until)> _files = [];
    private TimeSpan? _until;

    /// <summary>Whether the whole server is left alone.</summary>
    internal bool ServerRests => _until is not null;

    /// <summary>Whether it has failed so often in a row that nobody should count on it while it rests.</summary>
    internal bool IsDoubtful => _server.Failures >= WebSeedLimits.FailuresToDoubt;

    /// <summary>Whether any file is left alone.</summary>
    internal bool AnyFileRests => _files.Count > 0 && RestingFiles.Any();

    /// <summary>Files that are left alone.</summary>
    internal IEnumerable<FileIndex> RestingFiles => _files.Where(file => file.Value.Until is not null).Select(file => file.Key);

    /// <summary>When the next rest is over; null when nothing rests that will be asked again.</summary>
    internal TimeSpan? Next
    {
        get
        {
            var next = _until ?? TimeSpan.MaxValue;
            foreach (var (_, until) in _files.Values)
            {
                next = until < next ? until.Value : next;
            }

            return next == TimeSpan.MaxValue ? null : next;
        }
    }

    internal bool IsResting(FileIndex file) => _files.TryGetValue(file, out var known) && known.Until is not null;

    /// <summary>The server has failed.</summary>
    /// <returns>How long it is left alone.</returns>
    internal TimeSpan FailServer(TimeSpan now, TimeSpan? retryAfter)
    {
        var rest = _server.Fail(retryAfter);
        _until = now + rest;
        return rest;
    }

    /// <summary>A file could not be had.</summary>
    /// <returns>How long it is left alone; null for good.</returns>
    internal TimeSpan? FailFile(FileIndex file, TimeSpan now, TimeSpan? retryAfter, bool isForGood)
    {
        var backOff = _files.TryGetValue(file, out var known) ? known.BackOff : new BackOff();
        var rest = backOff.Fail(retryAfter);
        _files[file] = (backOff, isForGood ? TimeSpan.MaxValue : now + rest);
        return isForGood ? null : rest;
    }

    /// <summary>The server has given a block of a file.</summary>
    internal void Worked(FileIndex file)
    {
        _server.Worked();
        if (_files.Count > 0 && _files.TryGetValue(file, out var known) && known.Until is null)
        {
            _files.Remove(file);
        }
    }

    /// <summary>Ends the rests that are over.</summary>
    /// <param name="now">The time.</param>
    /// <param name="files">Filled with the files that may be asked for again.</param>
    /// <returns>Whether the server's own is.</returns>
    internal bool End(TimeSpan now, List<FileIndex> files)
    {
        files.AddRange(_files.Where(file => file.Value.Until <= now).Select(file => file.Key));
        foreach (var file in files)
        {
            _files[file] = (_files[file].BackOff, null);
        }

        if (_until > now || _until is null)
        {
            return false;
        }

        _until = null;
        return true;
    }
}
