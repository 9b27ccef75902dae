using BtFs.Engine.Storage;
using BtFs.Protocol.Metainfo;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.CacheFolders;

/// <summary>The folder of one torrent in the cache, ours alone until disposed.</summary>
/// <remarks>
/// Named by the infohash, never by anything the torrent says. The file <c>lock</c> is locked, and so is every other file that we have
/// open: whatever is done to the folder meanwhile, no two processes write to one file.
/// </remarks>
internal sealed class CacheFolder : IStoredFolder
{
    /// <summary>Times to begin anew when the last owner removes the folder while we open it.</summary>
    private const int Attempts = 8;

    /// <summary>A hole of so many bytes tells whether the file system has holes: more than a FAT's usual cluster.</summary>
    private const int HoleLength = 64 << 10;

    private readonly OpenFolder _folder;
    private readonly SafeFileHandle _lock;

    private CacheFolder(CacheFolderName name, OpenFolder folder, SafeFileHandle locked)
    {
        Name = name;
        Retention = RetentionMark.Read(folder);
        _folder = folder;
        _lock = locked;
    }

    internal CacheFolderName Name { get; }

    /// <summary>Where it is, for messages.</summary>
    internal string Path => _folder.Path;

    /// <summary>What is to become of it at the end.</summary>
    internal CacheRetention Retention { get; private set; }

    /// <summary>Makes the folder if need be, and locks it.</summary>
    /// <exception cref="CacheFolderTakenException">Somebody or something else is there.</exception>
    /// <exception cref="IOException">The cache cannot be used.</exception>
    internal static CacheFolder Open(string cacheDirectory, InfoHash torrent) => Open(cacheDirectory, new CacheFolderName(torrent), port: 0);

    /// <inheritdoc cref="Open(string, InfoHash)"/>
    /// <param name="cacheDirectory">Made if need be.</param>
    /// <param name="name">The folder.</param>
    /// <param name="port">Where this process listens for peers, for others to know; or 0.</param>
    internal static CacheFolder Open(string cacheDirectory, CacheFolderName name, int port)
    {
        MakeDirectory(cacheDirectory);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (TryOpen(cacheDirectory, name, port) is { } opened)
            {
                return opened;
            }
        }

        throw new CacheFolderTakenException($"The cache folder {System.IO.Path.Join(cacheDirectory, name.ToString())} is being removed over and over by another process.");
    }

    /// <summary>Opens a file of the folder for reading and writing, ours alone, and empty if there was none. Anything but a regular file of that name is removed first.</summary>
    /// <exception cref="CacheFolderTakenException">Another process has it.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    internal SafeFileHandle OpenFile(string name)
    {
        var file = _folder.OpenFile(name);
        try
        {
            return FileLock.TryTake(file)
                ? file
                : throw new CacheFolderTakenException($"The cache file {System.IO.Path.Join(Path, name)} is in use by another process.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Has the folder kept at least so much from now on, even if this process is killed.</summary>
    /// <exception cref="IOException">That cannot be noted.</exception>
    internal void Keep(CacheRetention wanted) => Retention = RetentionMark.Raise(_folder, wanted);

    /// <summary>Keeps the info dictionary with the bytes, unless it is there.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void KeepMetadata(InfoDictionary info)
    {
        if (CachedMetadata.Read(_folder, Name.Torrent) is null)
        {
            _folder.Replace(CacheFileNames.Torrent, info.Bytes.Span);
        }
    }

    /// <inheritdoc cref="OpenFolder.ReadWhole"/>
    internal byte[]? ReadWhole(string name, int limit) => _folder.ReadWhole(name, limit);

    /// <inheritdoc cref="OpenFolder.Replace"/>
    internal void Replace(string name, ReadOnlySpan<byte> bytes) => _folder.Replace(name, bytes);

    /// <inheritdoc/>
    public IStoredFile Open(string name) => new StoredFile(OpenFile(name));

    /// <inheritdoc/>
    public void Rename(string from, string to) => _folder.Rename(from, to);

    /// <inheritdoc/>
    public void Delete(string name) => _folder.RemoveEntry(name);

    /// <inheritdoc/>
    public void Synchronize() => _folder.Synchronize();

    /// <inheritdoc/>
    public void Remove() => _folder.Remove();

    /// <summary>Notes the time, and lets the next process in.</summary>
    public void Dispose()
    {
        try
        {
            RandomAccess.SetLength(_lock, 0);
        }
        catch (IOException)
        {
            // Then it was last used when we came, as far as anybody can tell.
        }

        _lock.Dispose();
        _folder.Dispose();
    }

    private static void MakeDirectory(string cacheDirectory)
    {
        try
        {
            Directory.CreateDirectory(cacheDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static CacheFolder? TryOpen(string cacheDirectory, CacheFolderName name, int port)
    {
        var folder = OpenFolder.TryMake(cacheDirectory, name, out var error);
        if (folder is null)
        {
            var path = System.IO.Path.Join(cacheDirectory, name.ToString());
            return error switch
            {
                Posix.NoEntry => null,
                Posix.AccessDenied => throw BelongsToAnother(path),
                Posix.NotAFolder or Posix.IsALink => throw new CacheFolderTakenException($"The cache folder {path} is no folder."),
                _ => throw Posix.Error($"Cannot open the cache folder {path}", error),
            };
        }

        SafeFileHandle? locked = null;
        try
        {
            ClaimForUser(folder);
            locked = OpenLock(folder);
            if (locked is null || !TryLock(folder, locked))
            {
                return null;
            }

            CheckForHoles(cacheDirectory, locked);
            Introduce(new CacheOwner(Environment.ProcessId, port), locked);
            var opened = new CacheFolder(name, folder, locked);
            locked = null;
            folder = null;
            return opened;
        }
        catch (IOException e) when (e is not CacheFolderTakenException)
        {
            // It cannot hold a cache, so it need not stay.
            folder?.RemoveIfUnused();
            throw;
        }
        finally
        {
            locked?.Dispose();
            folder?.Dispose();
        }
    }

    private static void ClaimForUser(OpenFolder folder)
    {
        var status = folder.Status;
        if (status.Owner != Posix.UserId)
        {
            throw BelongsToAnother(folder.Path);
        }

        if (status.IsShared)
        {
            folder.MakePrivate();
        }
    }

    private static CacheFolderTakenException BelongsToAnother(string path) => new($"The cache folder {path} belongs to another user.");

    private static SafeFileHandle? OpenLock(OpenFolder folder)
    {
        try
        {
            return folder.OpenFile(CacheFileNames.Lock);
        }
        catch (IOException e) when (e.HResult == Posix.NoEntry)
        {
            // The folder was removed just now.
            return null;
        }
        catch (IOException e) when (e.HResult == Posix.IsAFolder)
        {
            throw new CacheFolderTakenException(e.Message);
        }
    }

    private static bool TryLock(OpenFolder folder, SafeFileHandle locked)
    {
        if (!FileLock.TryTake(locked))
        {
            var owner = CacheOwner.Read(folder);
            var who = owner is { } known ? $"process {known.Process}" : "another process";
            throw new CacheFolderTakenException($"The cache folder {folder.Path} is in use by {who}.", owner, isVisited: owner is null);
        }

        // Its last owner may have unlinked the file between our open and our lock; a lock on that keeps nobody out.
        return Posix.Status(locked) is { } mine && folder.StatusOf(CacheFileNames.Lock) is { } named && mine.IsSameFileAs(named);
    }

    /// <summary>Without holes, one piece at the end of a large torrent would take the room of all of it.</summary>
    private static void CheckForHoles(string cacheDirectory, SafeFileHandle file)
    {
        RandomAccess.SetLength(file, 0);
        RandomAccess.SetLength(file, HoleLength);
        var hasHoles = Posix.Status(file) is { BytesOnDisk: < HoleLength };
        RandomAccess.SetLength(file, 0);
        if (!hasHoles)
        {
            throw new IOException($"The file system of {cacheDirectory} has no sparse files (FAT has none), so it cannot hold a cache.");
        }
    }

    private static void Introduce(CacheOwner owner, SafeFileHandle locked)
    {
        try
        {
            RandomAccess.Write(locked, owner.ToBytes(), 0);
        }
        catch (IOException)
        {
            // A full disk: the lock holds all the same, only who has it cannot be told.
        }
    }
}
