using BtFs.Engine.Storage;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.CacheFolders;

/// <summary>A look into a folder of the cache from outside; and, where nobody has it, the right to change it.</summary>
internal sealed class CacheVisit : IDisposable
{
    private readonly OpenFolder _folder;
    private SafeFileHandle? _lock;

    private CacheVisit(CacheFolderName name, OpenFolder folder)
    {
        Name = name;
        _folder = folder;
    }

    internal CacheFolderName Name { get; }

    internal OpenFolder Folder => _folder;

    /// <summary>What is to become of it when nobody has it.</summary>
    internal CacheRetention Retention => RetentionMark.Read(_folder);

    /// <summary>Whether it is what a killed process left: nobody has it, and nobody wanted it kept.</summary>
    internal bool IsLeftover => Retention == CacheRetention.UntilClosed && !IsInUse;

    /// <summary>Whether a process has any of its files open.</summary>
    internal bool IsInUse => Array.Exists(CacheFileNames.Locked, name => (name != CacheFileNames.Lock || _lock is null) && IsLocked(name));

    /// <summary>When it was last used.</summary>
    internal DateTimeOffset LastUsed => _folder.StatusOf(CacheFileNames.Lock)?.Modified ?? _folder.Status.Modified;

    /// <summary>The folders of this user in a cache directory.</summary>
    internal static IEnumerable<CacheVisit> All(string cacheDirectory)
    {
        foreach (var name in NamesIn(cacheDirectory))
        {
            if (TryEnter(cacheDirectory, name) is { } visit)
            {
                using (visit)
                {
                    yield return visit;
                }
            }
        }
    }

    /// <summary>Looks into a folder; null when there is none, or it is not this user's.</summary>
    internal static CacheVisit? TryEnter(string cacheDirectory, CacheFolderName name) =>
        OpenFolder.TryOpen(cacheDirectory, name) is { } folder ? new CacheVisit(name, folder) : null;

    /// <summary>Takes the folder, so that it can be changed; false when somebody has it. A mount that wants it waits for a moment.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    internal bool TryTake()
    {
        if (_lock is not null)
        {
            return true;
        }

        var file = _folder.OpenFile(CacheFileNames.Lock);
        if (!FileLock.TryTake(file))
        {
            file.Dispose();
            return false;
        }

        _lock = file;
        var isSame = Posix.Status(file) is { } mine && _folder.StatusOf(CacheFileNames.Lock) is { } named && mine.IsSameFileAs(named);
        if (!isSame || IsInUse)
        {
            Leave();
            return false;
        }

        SayNobodyHasIt(file);
        return true;
    }

    /// <summary>Lets others have the folder again.</summary>
    internal void Leave()
    {
        _lock?.Dispose();
        _lock = null;
    }

    /// <summary>Removes the folder, if nobody has it.</summary>
    /// <returns>Bytes freed on the disk; null when somebody has it.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    internal long? TryRemove()
    {
        if (!TryTake())
        {
            return null;
        }

        var bytes = _folder.BytesOnDisk();
        _folder.Remove();
        Leave();
        return bytes;
    }

    public void Dispose()
    {
        Leave();
        _folder.Dispose();
    }

    private static List<CacheFolderName> NamesIn(string cacheDirectory)
    {
        var names = new List<CacheFolderName>();
        try
        {
            foreach (var path in Directory.EnumerateDirectories(cacheDirectory))
            {
                if (CacheFolderName.TryParse(Path.GetFileName(path), out var name))
                {
                    names.Add(name);
                }
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was ever cached, or somebody removes it all.
        }

        return names;
    }

    private bool IsLocked(string name)
    {
        using var file = _folder.OpenToRead(name);
        return file is not null && FileLock.IsTaken(file);
    }

    /// <summary>A killed owner's name in the lock would send a mount that finds it locked elsewhere.</summary>
    private static void SayNobodyHasIt(SafeFileHandle file)
    {
        if (RandomAccess.GetLength(file) > 0)
        {
            var lastUsed = File.GetLastWriteTimeUtc(file);
            RandomAccess.SetLength(file, 0);
            File.SetLastWriteTimeUtc(file, lastUsed);
        }
    }
}
