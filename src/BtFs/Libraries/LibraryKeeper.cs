using System.Globalization;
using System.Text;
using BtFs.Commands;
using BtFs.Engine;
using BtFs.Engine.Discovery;
using BtFs.Mount;
using BtFs.Protocol.Metainfo;
using BtFs.Running;
using BtFs.Sources;
using Microsoft.Extensions.Logging;

namespace BtFs.Libraries;

/// <summary>The torrents of one library: in the engine, in the mount and in the store. One change at a time, whoever wants it.</summary>
internal sealed class LibraryKeeper : ILibraryKeeper, IAsyncDisposable
{
    /// <summary>Torrents at most.</summary>
    public const int MostTorrents = 5000;

    /// <summary>Bytes of the longest name that a folder may get.</summary>
    private const int FileNameRoom = 255;

    private readonly Dictionary<InfoHash, LibraryMember> _members = [];
    private readonly Dictionary<InfoHash, Task> _closing = [];
    private readonly List<Task> _tasks = [];
    private readonly SemaphoreSlim _oneChange = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly MountRequest _request;
    private readonly LibraryStore _store;
    private readonly TorrentEngine _engine;
    private readonly LibrarySources _sources;
    private readonly string? _cache;
    private readonly ILogger _log;

    /// <param name="request">How everything is to be.</param>
    /// <param name="store">Where the torrents are remembered.</param>
    /// <param name="engine">Fetches them; outlives this.</param>
    /// <param name="sources">Reads what is to be added.</param>
    /// <param name="cache">The cache directory; null for memory.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Hears what comes and goes.</param>
    public LibraryKeeper(MountRequest request, LibraryStore store, TorrentEngine engine, LibrarySources sources, string? cache, TimeProvider time, ILogger log)
    {
        _request = request;
        _store = store;
        _engine = engine;
        _sources = sources;
        _cache = cache;
        _log = log;
        Mounted = new MountedLibrary(this, request.Shown, time);
    }

    /// <summary>What to mount.</summary>
    public MountedLibrary Mounted { get; }

    /// <summary>How many torrents there are, and how many of them have no folder yet.</summary>
    public (int All, int Unknown) Count
    {
        get
        {
            lock (_members)
            {
                return (_members.Count, _members.Values.Count(member => member.Name is null));
            }
        }
    }

    /// <summary>Brings back what was there the last time. What cannot be brought back is told, and stays remembered.</summary>
    public async Task RestoreAsync(IStatusAudience audience)
    {
        var remembered = _store.Load((file, reason) => LibraryLog.Damaged(_log, file, reason));
        for (var i = 0; i < remembered.Count; i++)
        {
            audience.Progress(string.Create(CultureInfo.InvariantCulture, $"bringing back torrent {i + 1} of {remembered.Count}…"));
            var one = remembered[i];
            try
            {
                var document = await _sources.OfAsync(one, _stop.Token);
                await AddAsync(document, one.Name, remember: false);
            }
            catch (CommandException e)
            {
                LibraryLog.Damaged(_log, one.Name ?? one.InfoHash.ToString(), e.Reason);
            }
        }
    }

    /// <summary>When a torrent was removed that a watched folder had brought; null if it was not.</summary>
    public DateTime? RemovedAt(InfoHash torrent) => _store.RemovedAt(torrent);

    /// <summary>Adds what a source names.</summary>
    /// <param name="source">A path, a magnet link, a URL or an infohash.</param>
    /// <returns>The member, whose folder may be a matter of time.</returns>
    /// <exception cref="CommandException">It cannot be.</exception>
    public async Task<LibraryMember> AddAsync(string source) => await AddAsync(await _sources.ReadAsync(source, _stop.Token), formerName: null, remember: true);

    /// <summary>Adds a torrent, or finds that it is there.</summary>
    /// <exception cref="CommandException">It cannot be.</exception>
    public async Task<LibraryMember> AddAsync(SourceDocument document, string? formerName, bool remember)
    {
        await _oneChange.WaitAsync(_stop.Token);
        try
        {
            var torrent = document.Source.InfoHash;
            if (Find(torrent) is { } there)
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
    public async Task<string?> RemoveAsync(string which, bool deleteCache)
    {
        Task closing;
        string called;
        InfoHash torrent;
        await _oneChange.WaitAsync(_stop.Token);
        try
        {
            if (Find(which) is not { } member)
            {
                return null;
            }

            torrent = member.Document.Source.InfoHash;
            called = member.Name ?? torrent.ToString();
            try
            {
                _store.Remove(torrent, member.IsWatched);
            }
            catch (IOException e)
            {
                LibraryLog.NotRemembered(_log, $"that {called} was removed", e.Message);
            }

            closing = Take(member);
            LibraryLog.Removed(_log, called);
        }
        finally
        {
            _oneChange.Release();
        }

        if (deleteCache)
        {
            await closing;
            DeleteCache(torrent);
        }

        return called;
    }

    /// <summary>Whoever waits for bytes hears that there will be none.</summary>
    public void FailReads()
    {
        lock (_members)
        {
            foreach (var member in _members.Values)
            {
                member.Torrent.FailReads();
            }
        }
    }

    /// <inheritdoc/>
    public Task<string?> TakeAsync(string name, ReadOnlyMemory<byte> torrent) => Task.Run(async () =>
    {
        try
        {
            await AddAsync(await _sources.OfTorrentAsync(name, torrent.ToArray(), _stop.Token), formerName: null, remember: true);
            return null;
        }
        catch (CommandException e)
        {
            return e.Reason;
        }
    });

    /// <inheritdoc/>
    public void Refuse(string name, string reason) => LibraryLog.Refused(_log, name, reason);

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(string name) => Task.Run(async () => await RemoveAsync(name, deleteCache: false) is not null);

    /// <inheritdoc/>
    public Task<LibraryAnswer> AnswerAsync(ReadOnlyMemory<byte> request) => Task.Run(async () =>
    {
        try
        {
            return (await ReplyAsync(ControlRequest.TryRead(request))).ToAnswer();
        }
        catch (CommandException e)
        {
            return ControlReply.Failed(e.Code, e.Reason).ToAnswer();
        }
        catch (TorrentDownloadException e)
        {
            return ControlReply.Failed(ExitCode.Source, e.Message).ToAnswer();
        }
    });

    /// <summary>Ends what is under way here; nothing is added or removed any more.</summary>
    public Task StopAsync() => _stop.CancelAsync();

    /// <summary>Waits for what was under way. The torrents end with the engine. To be called when the mount is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Task[] tasks;
        lock (_members)
        {
            tasks = [.. _tasks];
        }

        await Task.WhenAll(tasks);
        Mounted.Dispose();
    }

    private async Task<ControlReply> ReplyAsync(ControlRequest? request)
    {
        switch (request?.Verb)
        {
            case ControlVerb.Add when !SourceReader.IsMagnet(request.Operand) && !SourceReader.IsUrl(request.Operand) && !MagnetLink.TryParseInfoHash(request.Operand, out _):
                return ControlReply.Failed(ExitCode.Usage, "neither a magnet link, a URL nor an infohash; send a .torrent's bytes behind the word torrent");
            case ControlVerb.Add:
                return ReplyOf(await AddAsync(request.Operand));
            case ControlVerb.Torrent:
                return ReplyOf(await AddAsync(await _sources.OfTorrentAsync("torrent", request.Torrent, _stop.Token), formerName: null, remember: true));
            case ControlVerb.Remove or ControlVerb.Delete:
                return await RemoveAsync(request.Operand, request.Verb == ControlVerb.Delete) is { } removed
                    ? ControlReply.Done(removed)
                    : ControlReply.Failed(ExitCode.Usage, "no such torrent in this library");
            default:
                return ControlReply.Failed(ExitCode.Usage, "a request is: add SOURCE, torrent and its bytes on the next line, remove NAME, or delete NAME");
        }
    }

    private static ControlReply ReplyOf(LibraryMember member) =>
        member.Name is { } name ? ControlReply.Done(name) : ControlReply.Pending(member.Document.Source.InfoHash.ToString());

    private async Task<LibraryMember> JoinAsync(SourceDocument document, string? formerName, bool remember)
    {
        var source = document.Source;
        if (Count.All >= MostTorrents)
        {
            throw new CommandException(ExitCode.Source, CalledFor(document), $"there are {MostTorrents} torrents already", "Remove some.");
        }

        if (source.Info is { } info)
        {
            // Before it is joined: what cannot be shown need not be fetched.
            LayOut(info, CalledFor(document), FileNameRoom);
        }

        var free = formerName is not null && !IsTaken(formerName) ? formerName : null;
        var member = new LibraryMember(document, _engine.Add(source)) { FormerName = free };
        lock (_members)
        {
            _members.Add(source.InfoHash, member);
        }

        if (remember)
        {
            Remember(document);
        }

        // What the cache knows of a link's torrent is known at once, too.
        if (source.Info is null && !member.Torrent.Content.IsCompleted)
        {
            Own(ShowLaterAsync(member));
            return member;
        }

        try
        {
            Show(member, await member.Torrent.Content);
        }
        catch (Exception e) when (e is IOException or ContentUnavailableException or MetainfoException)
        {
            Forget(member, e.Message);
            throw new CommandException(e is IOException ? ExitCode.System : ExitCode.Source, CalledFor(document), e.Message.TrimEnd('.'));
        }

        return member;
    }

    private async Task ShowLaterAsync(LibraryMember member)
    {
        try
        {
            var content = await member.Torrent.Content;
            await _oneChange.WaitAsync(_stop.Token);
            try
            {
                if (Find(member.Document.Source.InfoHash) == member)
                {
                    Show(member, content);
                    _store.SaveInfo(content.Info.InfoHash, content.Info.Bytes.Span);
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
            LibraryLog.Refused(_log, CalledFor(member.Document), e is CommandException refused ? refused.Reason : e.Message);
        }
        catch (ContentUnavailableException)
        {
            // Removed before anybody told what is in it.
        }
    }

    private void Show(LibraryMember member, ITorrentContent content)
    {
        var info = content.Info;
        var chosen = member.FormerName is { } name && MountedLibrary.MayBeNamed(info, name)
            ? name
            : MountedLibrary.NameOf(info, IsTaken);
        var tree = LayOut(info, CalledFor(member.Document), Encoding.UTF8.GetByteCount(chosen));
        if (tree.LinksLeftOut > 0)
        {
            LibraryLog.LinksLeftOut(_log, chosen, tree.LinksLeftOut);
        }

        Mounted.Add(chosen, tree, content);
        lock (_members)
        {
            member.Name = chosen;
        }

        LibraryLog.Added(_log, chosen, tree.FileCount);
        if (chosen != member.FormerName)
        {
            RememberName(info.InfoHash, chosen);
        }

        Own(WatchAsync(member));
    }

    /// <summary>A torrent whose loop ends by a fault takes nobody with it.</summary>
    private async Task WatchAsync(LibraryMember member)
    {
        await member.Torrent.Completion.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (member.Torrent.Completion is { IsFaulted: true, Exception: { } fault })
        {
            member.Torrent.FailReads();
            LibraryLog.Broken(_log, fault, member.Name ?? CalledFor(member.Document));
        }
    }

    private FileTree LayOut(InfoDictionary info, string called, int nameLength)
    {
        if (!info.HasV1)
        {
            throw SourceReader.OnlyV2(called);
        }

        try
        {
            return FileTree.OfFolder(info, Encoding.UTF8.GetByteCount(_request.MountPoint) + 1 + nameLength);
        }
        catch (InvalidDataException e)
        {
            throw new CommandException(ExitCode.Source, called, $"the torrent cannot be shown: {e.Message}");
        }
    }

    private void Remember(SourceDocument document)
    {
        var torrent = document.Source.InfoHash;
        try
        {
            if (document.Torrent is { } bytes)
            {
                _store.SaveTorrent(torrent, bytes.Span);
            }
            else if (document.Magnet is { } link)
            {
                _store.SaveMagnet(torrent, link);
            }
        }
        catch (IOException e)
        {
            LibraryLog.NotRemembered(_log, CalledFor(document), e.Message);
        }
    }

    private void RememberName(InfoHash torrent, string name)
    {
        try
        {
            _store.SaveName(torrent, name);
        }
        catch (IOException e)
        {
            LibraryLog.NotRemembered(_log, name, e.Message);
        }
    }

    /// <summary>What was joined turned out to be of no use.</summary>
    private void Forget(LibraryMember member, string reason)
    {
        Take(member);
        try
        {
            _store.Remove(member.Document.Source.InfoHash, isWatched: false);
        }
        catch (IOException e)
        {
            LibraryLog.NotRemembered(_log, reason, e.Message);
        }
    }

    /// <summary>Takes a member out of the mount and the engine.</summary>
    /// <returns>Ends when the engine has let go of it.</returns>
    private Task Take(LibraryMember member)
    {
        var torrent = member.Document.Source.InfoHash;
        lock (_members)
        {
            _members.Remove(torrent);
        }

        if (member.Name is { } name)
        {
            Mounted.Remove(name);
        }

        var closing = member.Torrent.DisposeAsync().AsTask();
        foreach (var (done, _) in _closing.Where(other => other.Value.IsCompleted))
        {
            _closing.Remove(done);
        }

        // The engine waits for it, too.
        _closing[torrent] = closing;
        return closing;
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

    private LibraryMember? Find(InfoHash torrent)
    {
        lock (_members)
        {
            return _members.GetValueOrDefault(torrent);
        }
    }

    private LibraryMember? Find(string which)
    {
        lock (_members)
        {
            return _members.Values.FirstOrDefault(member => member.Name == which)
                ?? _members.Values.FirstOrDefault(member => member.Document.Source.InfoHash.ToString().Equals(which, StringComparison.OrdinalIgnoreCase));
        }
    }

    private bool IsTaken(string name)
    {
        lock (_members)
        {
            return _members.Values.Any(member => (member.Name ?? member.FormerName) == name);
        }
    }

    private void Own(Task task)
    {
        lock (_members)
        {
            _tasks.RemoveAll(done => done.IsCompleted);
            _tasks.Add(task);
        }
    }

    private static string CalledFor(SourceDocument document) =>
        document.Source.Info is { } info ? CleanText.Line(Encoding.UTF8.GetString(info.Name.Span))
        : document.Source.DisplayName is { Length: > 0 } name ? CleanText.Line(name)
        : document.Source.InfoHash.ToString();
}
