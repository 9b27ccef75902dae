using BtFs.Protocol.Metainfo;
using BtFs.Sources;
using Microsoft.Extensions.Logging;

namespace BtFs.Libraries;

/// <summary>A folder whose .torrents come into the library, those that are there and those that come.</summary>
/// <remarks>
/// Nothing tells when a file is complete, but a .torrent that is not cannot be read: so one that cannot be is looked at again whenever it has
/// changed, and called bad once it has stayed as it is for <see cref="Settled"/>.
/// </remarks>
/// <param name="directory">Absolute.</param>
/// <param name="keeper">Takes what is found.</param>
/// <param name="sources">Reads it.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Hears of what is bad, once.</param>
internal sealed class WatchedFolder(string directory, LibraryKeeper keeper, LibrarySources sources, TimeProvider time, ILogger log) : IDisposable
{
    /// <summary>How long a file that cannot be read has to stay the same to be called bad.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _changed = new(1);
    private readonly Dictionary<string, WatchedFile> _files = [];
    private FileSystemWatcher? _watcher;

    /// <summary>Watches until <paramref name="stop"/> is cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            Begin();
            var isUnsettled = false;
            while (true)
            {
                // What has not settled is looked at again, the rest when something happens.
                await _changed.WaitAsync(isUnsettled ? LookEvery : Timeout.InfiniteTimeSpan, stop);
                isUnsettled = await LookAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The library ends.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watcher?.Dispose();
        _changed.Dispose();
    }

    private void Begin()
    {
        try
        {
            _watcher = new FileSystemWatcher(directory) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
            _watcher.Created += (_, _) => Wake();
            _watcher.Changed += (_, _) => Wake();
            _watcher.Renamed += (_, _) => Wake();
            _watcher.Error += (_, _) => Wake();
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            LibraryLog.Damaged(log, directory, $"it cannot be watched: {e.Message}");
        }
    }

    private void Wake()
    {
        // One look finds everything, whatever happened.
        if (_changed.CurrentCount == 0)
        {
            _changed.Release();
        }
    }

    /// <returns>Whether some file may not be complete yet.</returns>
    private async Task<bool> LookAsync(CancellationToken stop)
    {
        List<FileInfo> found;
        try
        {
            found = [.. new DirectoryInfo(directory).EnumerateFiles().Where(file => file.Name.EndsWith(".torrent", StringComparison.OrdinalIgnoreCase))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LibraryLog.Damaged(log, directory, e.Message);
            return false;
        }

        var isUnsettled = false;
        foreach (var file in found.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            isUnsettled |= !await LookAsync(file, stop);
        }

        return isUnsettled;
    }

    /// <returns>Whether nothing more is to be expected of the file as it is.</returns>
    private async Task<bool> LookAsync(FileInfo file, CancellationToken stop)
    {
        var now = time.GetTimestamp();
        var seen = new WatchedFile(file.Exists ? file.Length : 0, file.LastWriteTimeUtc, now, IsDone: false);
        if (_files.TryGetValue(file.FullName, out var known) && known.IsSameAs(seen))
        {
            if (known.IsDone)
            {
                return true;
            }

            seen = known;
        }

        try
        {
            var document = await sources.OfTorrentAsync(file.FullName, await TorrentPath.ReadAsync(file.FullName, stop), stop);
            await TakeAsync(document, file.LastWriteTimeUtc);
            _files[file.FullName] = seen with { IsDone = true };
            return true;
        }
        catch (CommandException e)
        {
            var isBad = time.GetElapsedTime(seen.Since, now) >= Settled;
            if (isBad)
            {
                LibraryLog.Refused(log, file.FullName, e.Reason);
            }

            _files[file.FullName] = seen with { IsDone = isBad };
            return isBad;
        }
    }

    private async Task TakeAsync(SourceDocument document, DateTime writtenAt)
    {
        if (keeper.RemovedAt(document.Source.InfoHash) is { } removedAt && removedAt >= writtenAt)
        {
            return;
        }

        var member = await keeper.AddAsync(document, formerName: null, remember: true);
        member.IsWatched = true;
    }
}
