using System.Text;
using BtFs.Protocol.Metainfo;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.Storage;

/// <summary>The folder of one torrent in the cache, ours alone until disposed.</summary>
/// <remarks>
/// Named by the infohash, never by anything the torrent says. It is opened once and everything inside is reached through that
/// descriptor, so that nobody can put another folder in its place while we look.
/// </remarks>
internal sealed class CacheFolder : IStoredFolder
{
    private const string LockName = "lock";

    /// <summary>Times to begin anew when the last owner removes the folder while we open it.</summary>
    private const int Attempts = 8;

    private readonly SafeFileHandle _parent;
    private readonly SafeFileHandle _folder;
    private readonly SafeFileHandle _lock;
    private readonly string _name;

    private CacheFolder(string path, string name, SafeFileHandle parent, SafeFileHandle folder, SafeFileHandle locked)
    {
        Path = path;
        _name = name;
        _parent = parent;
        _folder = folder;
        _lock = locked;
    }

    /// <summary>Where it is, for messages.</summary>
    internal string Path { get; }

    /// <summary>Makes the folder if need be, and locks it.</summary>
    /// <exception cref="IOException">It cannot be used, belongs to another user, or another process has it.</exception>
    internal static CacheFolder Open(string cacheDirectory, InfoHash torrent)
    {
        var name = torrent.ToString();
        var path = System.IO.Path.Join(cacheDirectory, name);
        Directory.CreateDirectory(cacheDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var parent = Posix.OpenFolder(cacheDirectory);
        try
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                if (TryOpen(path, name, parent) is { } opened)
                {
                    return opened;
                }
            }

            throw new IOException($"The cache folder {path} is being removed over and over by another process.");
        }
        catch
        {
            parent.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file of the folder, empty if there was none. Anything but a regular file of that name is removed first.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    internal SafeFileHandle OpenFile(string name)
    {
        if (OpenRegular(name) is { } file)
        {
            return file;
        }

        // A link, a fifo or a folder in its place: nothing of ours.
        _ = Posix.UnlinkAt(_folder, name) || Posix.RemoveFolderAt(_folder, name);
        return OpenRegular(name) ?? throw Posix.LastError($"Cannot open the cache file {System.IO.Path.Join(Path, name)}");
    }

    /// <inheritdoc/>
    public IStoredFile Open(string name) => new StoredFile(OpenFile(name));

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        if (!Posix.RenameAt(_folder, from, to))
        {
            throw Posix.LastError($"Cannot rename the cache file {System.IO.Path.Join(Path, from)}");
        }
    }

    /// <inheritdoc/>
    public void Delete(string name) => _ = Posix.UnlinkAt(_folder, name);

    /// <inheritdoc/>
    public void Synchronize()
    {
        Posix.Synchronize(_folder);
        Posix.Synchronize(_parent);
    }

    /// <inheritdoc/>
    public void Remove(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _ = Posix.UnlinkAt(_folder, name);
        }

        _ = Posix.UnlinkAt(_folder, LockName);
        _ = Posix.RemoveFolderAt(_parent, _name);
    }

    /// <summary>Lets the next process in.</summary>
    public void Dispose()
    {
        _lock.Dispose();
        _folder.Dispose();
        _parent.Dispose();
    }

    private static CacheFolder? TryOpen(string path, string name, SafeFileHandle parent)
    {
        if (!Posix.MakeFolderAt(parent, name) && Posix.LastErrno != Posix.Exists)
        {
            throw Posix.LastError($"Cannot make the cache folder {path}");
        }

        var folder = Posix.OpenFolderAt(parent, name);
        if (folder is null)
        {
            return Posix.LastErrno == Posix.NoEntry ? null : throw Posix.LastError($"Cannot open the cache folder {path}");
        }

        SafeFileHandle? locked = null;
        try
        {
            ClaimForUser(path, folder);
            locked = Posix.OpenFileAt(folder, LockName);
            if (locked is null && Posix.LastErrno != Posix.NoEntry)
            {
                throw Posix.LastError($"Cannot open the lock of the cache folder {path}");
            }

            if (locked is not null && TryLock(path, folder, locked))
            {
                var opened = new CacheFolder(path, name, parent, folder, locked);
                locked = folder = null;
                return opened;
            }

            return null;
        }
        finally
        {
            locked?.Dispose();
            folder?.Dispose();
        }
    }

    private static void ClaimForUser(string path, SafeFileHandle folder)
    {
        var status = Posix.Status(folder) ?? throw Posix.LastError($"Cannot look at the cache folder {path}");
        if (status.Owner != Posix.UserId)
        {
            throw new IOException($"The cache folder {path} belongs to another user.");
        }

        if (status.IsShared && !Posix.MakePrivate(folder))
        {
            throw Posix.LastError($"Cannot make the cache folder {path} private");
        }
    }

    private static bool TryLock(string path, SafeFileHandle folder, SafeFileHandle locked)
    {
        if (!Posix.TryLock(locked))
        {
            throw Posix.LastErrno == Posix.WouldBlock
                ? new IOException($"The cache folder {path} is in use by {OwnerOf(locked)}.")
                : Posix.LastError($"Cannot lock the cache folder {path}");
        }

        // Its last owner may have unlinked the file between our open and our lock; a lock on that keeps nobody out.
        if (Posix.Status(locked) is not { } mine || Posix.StatusAt(folder, LockName) is not { } named || !mine.IsSameFileAs(named))
        {
            return false;
        }

        RandomAccess.SetLength(locked, 0);
        try
        {
            RandomAccess.Write(locked, Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"), 0);
        }
        catch (IOException)
        {
            // A full disk: the lock holds all the same, only the number in the next one's message is missing.
        }

        return true;
    }

    private static string OwnerOf(SafeFileHandle locked)
    {
        Span<byte> text = stackalloc byte[16];
        text = text[..RandomAccess.Read(locked, text, 0)];
        return int.TryParse(Encoding.ASCII.GetString(text).TrimEnd(), out var process) ? $"process {process}" : "another process";
    }

    private SafeFileHandle? OpenRegular(string name)
    {
        var file = Posix.OpenFileAt(_folder, name);
        if (file is null || Posix.Status(file) is { IsRegularFile: true })
        {
            return file;
        }

        file.Dispose();
        return null;
    }
}
