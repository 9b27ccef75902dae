using System.Globalization;
using System.Text;
using BtFs.Commands;
using BtFs.Engine;
using BtFs.Mount;
using BtFs.Protocol.Metainfo;
using BtFs.Running;
using BtFs.Sources;
using Microsoft.Extensions.Logging;

namespace BtFs.Libraries;

/// <summary>The torrents of one library: in the engine, in the mount and in the store. One change at a time, whoever wants it.</summary>
internal sealed class LibraryKeeper : IAsyncDisposable
{
    /// <summary>Torrents at most.</summary>
    public const int MostTorrents = 5000;

    /// <summary>Bytes of the longest name that a folder may get.</summary>
    private const int LongestName = 255;

    private readonly LibraryMembers _members;
    private readonly Dictionary<InfoHash, Task> _closing = [];
    private readonly Lock _owning = new();
    private readonly List<Task> _tasks = [];
    private readonly SemaphoreSlim _oneChange = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly MountRequest _request;
    private readonly LibraryMemory _memory;
    private readonly TorrentEngine _engine;
    private readonly LibrarySources _sources;
    private readonly string? _cache;
    private readonly ILogger _log;

    /// <param name="request">How everything is to be.</param>
    /// <param name="members">None yet; kept by this.</param>
    /// <param name="store">Where the torrents are remembered.</param>
    /// <param name="engine">Fetches them; outlives this.</param>
    /// <param name="sources">Reads what is to be added.</param>
    /// <param name="cache">The cache directory; null for memory.</param>
    /// <param name="log">Hears what comes and goes.</param>
    /// <param name="mounted">Makes what is mounted, for whom it tells what its users want.</param>
    public LibraryKeeper(
        MountRequest request,
        LibraryMembers members,
        LibraryStore store,
        TorrentEngine engine,
        LibrarySources sources,
        string? cache,
        ILogger log,
        Func<ILibraryKeeper, MountedLibrary> mounted)
    {
        _members = members;
        _request = request;
        _memory = new LibraryMemory(store, log);
        _engine = engine;
        _sources = sources;
        _cache = cache;
        _log = log;
        Mounted = mounted(new LibraryDesk(this, sources, log));
    }

    /// <summary>What to mount.</summary>
    public MountedLibrary Mounted { get; }

    /// <inheritdoc cref="LibraryMembers.Count"/>
    public (int All, int Unknown) Count => _members.Count;

    /// <summary>Cancelled when nothing is added or removed any more.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Brings back what was there the last time. What cannot be brought back is told, and stays remembered.</summary>
    public async Task RestoreAsync(IStatusAudience audience, CancellationToken cancel)
    {
        var remembered = _memory.Load();
        for (var i = 0; i < remembered.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            audience.Progress(string.Create(CultureInfo.InvariantCulture, $"bringing back torrent {i + 1} of {remembered.Count}…"));
            var one = remembered[i];
            try
            {
                await AddAsync(await _sources.OfAsync(one, cancel), one.Name, remember: false);
            }
            catch (CommandException e)
            {
                LibraryLog.Damaged(_log, one.Name ?? one.InfoHash.ToString(), e.Reason);
            }
        }
    }

    /// <inheritdoc cref="LibraryStore.RemovedAt"/>
    public DateTime? RemovedAt(InfoHash torrent) => _memory.RemovedAt(torrent);

    /// <summary>Adds what a source names.</summary>
    /// <param name="source">A path, a magnet link, a URL or an infohash.</param>
    /// <returns>The member, whose folder may be a matter of time.</returns>
    /// <exception cref="CommandException">It cannot be.</exception>
    public async Task<LibraryMember> AddAsync(string source) => await AddAsync(await _sources.ReadAsync(source, _stop.Token), formerName: null, remember: true);

    /// <summary>Adds a torrent, or finds that it is there.</summary>
    /// <param name="document">What was read.</param>
    /// <param name="formerName">The name that its folder had in an earlier mount.</param>
    /// <param name="remember">Whether it is new.</param>
    /// <exception cref="CommandException">It cannot be.</exception>
    public async Task<LibraryMember> AddAsync(SourceDocument document, string? formerName, bool remember)
    {
        await _oneChange.WaitAsync(_stop.Token);
        try
        {
            var torrent = document.Source.InfoHash;
            if (_members.Find(torrent) is { } there)
            {
                if (there.Name is not null || document.Source.Info is null)
                {
                    return there;
                }

                // Here is what nobody in the swarm has told yet.
                await Take(there);
            }

            if (_closing.Remove(torrent, out var closing))
            {
                await closing;
            }

            return await JoinAsync(document, formerName, remember);
        }
        finally
        {
            _oneChange.Release();
        }
    }

    /// <summary>Removes a torrent.</summary>
    /// <param name="which">Its folder's name, or its infohash.</param>
    /// <param name="deleteCache">Whether its bytes go from the cache too.</param>
    /// <returns>Its name, or its infohash where it has none; null if there is no such torrent.</returns>
    /// <exception cref="CommandException">Its bytes cannot be removed from the cache.</exception>
    public async Task<string?> RemoveAsync(string which, bool deleteCache)
    {
        Task closing;
        LibraryMember member;
        await _oneChange.WaitAsync(_stop.Token);
        try
        {
            if (_members.Find(which) is not { } found)
            {
                return null;
            }

            member = found;
            _memory.Forget(member);
            closing = Take(member);
            LibraryLog.Removed(_log, member.Called);
        }
        finally
        {
            _oneChange.Release();
        }

        if (deleteCache)
        {
            await closing;
            DeleteCache(member.InfoHash);
        }

        return member.Called;
    }

    /// <summary>Whoever waits for bytes hears that there will be none.</summary>
    public void FailReads()
    {
        foreach (var member in _members.All)
        {
            member.Torrent.FailReads();
        }
    }

    /// <summary>Ends what is under way here.</summary>
    public Task StopAsync() => _stop.CancelAsync();

    /// <summary>Waits for what was under way. The torrents end with the engine. To be called when the mount is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Task[] tasks;
        lock (_owning)
        {
            tasks = [.. _tasks];
        }

        await Task.WhenAll(tasks);
        Mounted.Dispose();
    }

    private async Task<LibraryMember> JoinAsync(SourceDocument document, string? formerName, bool remember)
    {
        var source = document.Source;
        var called = LibraryMember.NameFor(document);
        if (Count.All >= MostTorrents)
        {
            throw new CommandException(ExitCode.Source, called, $"there are {MostTorrents} torrents already", "Remove some.");
        }

        if (source.Info is { } info)
        {
            // Before it is joined: what cannot be shown need not be fetched.
            LayOut(document, info, LongestName);
        }

        var free = formerName is not null && !_members.IsTaken(formerName) ? formerName : null;
        var member = new LibraryMember(document, _engine.Add(source)) { FormerName = free };
        _members.Add(member);
        if (remember)
        {
            _memory.Remember(member);
        }

        // What the cache knows of a link's torrent is known at once, too.
        if (source.Info is null && !member.Torrent.Content.IsCompleted)
        {
            Own(() => ShowLaterAsync(member));
            return member;
        }

        try
        {
            Show(member, await member.Torrent.Content);
        }
        catch (Exception e) when (e is IOException or ContentUnavailableException or MetainfoException)
        {
            await Take(member);
            if (remember)
            {
                _memory.Forget(member);
            }

            throw new CommandException(e is IOException ? ExitCode.System : ExitCode.Source, called, e.Message.TrimEnd('.'));
        }

        return member;
    }

    private async Task ShowLaterAsync(LibraryMember member)
    {
        try
        {
            var content = await member.Torrent.Content.WaitAsync(_stop.Token);
            await _oneChange.WaitAsync(_stop.Token);
            try
            {
                if (_members.Find(member.InfoHash) == member)
                {
                    Show(member, content);
                    _memory.RememberInfo(content.Info, member.Called);
                }
            }
            finally
            {
                _oneChange.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // The library ends.
        }
        catch (Exception e) when (e is IOException or MetainfoException or CommandException)
        {
            LibraryLog.Refused(_log, member.Called, e is CommandException refused ? refused.Reason : e.Message);
        }
        catch (ContentUnavailableException)
        {
            // Removed before anybody told what is in it.
        }
    }

    private void Show(LibraryMember member, ITorrentContent content)
    {
        var info = content.Info;
        var chosen = member.FormerName is { } former && MountedLibrary.MayBeNamed(info, former) ? former : MountedLibrary.NameOf(info, _members.IsTaken);
        var tree = LayOut(member.Document, info, Encoding.UTF8.GetByteCount(chosen));
        if (tree.LinksLeftOut > 0)
        {
            LibraryLog.LinksLeftOut(_log, chosen, tree.LinksLeftOut);
        }

        Mounted.Add(chosen, tree, content);
        _members.Show(member, chosen, tree, content);
        LibraryLog.Added(_log, chosen, tree.FileCount);
        if (chosen != member.FormerName)
        {
            _memory.RememberName(member.InfoHash, chosen);
        }

        Own(() => WatchAsync(member));
    }

    /// <summary>A torrent whose loop ends by a fault takes nobody with it.</summary>
    private async Task WatchAsync(LibraryMember member)
    {
        await member.Torrent.Completion.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (member.Torrent.Completion is { IsFaulted: true, Exception: { } fault })
        {
            member.Torrent.FailReads();
            LibraryLog.Broken(_log, fault, member.Called);
        }
    }

    private FileTree LayOut(SourceDocument document, InfoDictionary info, int nameLength)
    {
        var called = LibraryMember.NameFor(document);
        if (!info.HasV1)
        {
            throw SourceReader.OnlyV2(called);
        }

        try
        {
            return FileTree.OfFolder(info, Encoding.UTF8.GetByteCount(_request.MountPoint) + 1 + nameLength, document.Source.Selected);
        }
        catch (InvalidDataException e)
        {
            throw new CommandException(ExitCode.Source, called, $"the torrent cannot be shown: {e.Message}");
        }
    }

    /// <summary>Takes a member out of the mount and the engine.</summary>
    /// <returns>Ends when the engine has let go of it.</returns>
    private Task Take(LibraryMember member)
    {
        _members.Remove(member);
        if (member.Name is { } name)
        {
            Mounted.Remove(name);
        }

        foreach (var (done, _) in _closing.Where(other => other.Value.IsCompleted))
        {
            _closing.Remove(done);
        }

        // The engine waits for it, too.
        return _closing[member.InfoHash] = member.Torrent.DisposeAsync().AsTask();
    }

    private void DeleteCache(InfoHash torrent)
    {
        if (_cache is null)
        {
            return;
        }

        try
        {
            var cache = new CacheDirectory(_cache);
            foreach (var folder in cache.List().Where(folder => folder.InfoHash.Equals(torrent) && !folder.IsInUse))
            {
                cache.TryRemove(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.System, "cache", e.Message.TrimEnd('.'));
        }
    }

    /// <summary>Remembers a task, to be waited for at the end.</summary>
    private void Own(Func<Task> work)
    {
        lock (_owning)
        {
            _tasks.RemoveAll(done => done.IsCompleted);
            _tasks.Add(work());
        }
    }
}
