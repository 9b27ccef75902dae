using BtFs.Engine.Storage;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.CacheFolders;

/// <summary>A torrent's folder in the cache, opened once: nobody can put another in its place while we look.</summary>
/// <remarks>Nothing that others may have put into it is followed or waited for: no link, no fifo.</remarks>
internal sealed class OpenFolder : IDisposable
{
    private readonly SafeFileHandle _parent;
    private readonly SafeFileHandle _folder;
    private readonly string _name;

    private OpenFolder(SafeFileHandle parent, SafeFileHandle folder, string name, string path)
    {
        _parent = parent;
        _folder = folder;
        _name = name;
        Path = path;
    }

    /// <summary>Where it is, for messages.</summary>
    internal string Path { get; }

    /// <summary>What the kernel says of it.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    internal FileStatus Status => Posix.Status(_folder) ?? throw Posix.LastError($"Cannot look at the cache folder {Path}");

    /// <summary>Opens a folder that is there; null when it cannot be opened, or is another user's.</summary>
    internal static OpenFolder? TryOpen(string cacheDirectory, CacheFolderName name)
    {
        var folder = TryOpen(cacheDirectory, name, make: false, out _);
        if (folder is not null && Posix.Status(folder._folder) is { } status && status.Owner == Posix.UserId)
        {
            return folder;
        }

        folder?.Dispose();
        return null;
    }

    /// <summary>Opens a folder, whosever it is, made 0700 where there is none.</summary>
    /// <param name="cacheDirectory">What it lies in.</param>
    /// <param name="name">Its name.</param>
    /// <param name="error">Why what is there cannot be opened, when the answer is null: a number of errno(3).</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    internal static OpenFolder? TryMake(string cacheDirectory, CacheFolderName name, out int error) => TryOpen(cacheDirectory, name, make: true, out error);

    /// <summary>Opens a file for reading and writing, empty if there was none. Anything but a regular file of that name is removed first.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    internal SafeFileHandle OpenFile(string name)
    {
        if (Regular(Posix.OpenFileAt(_folder, name)) is { } file)
        {
            return file;
        }

        // A link, a fifo or a folder in its place: nothing of ours.
        RemoveEntry(name);
        return Regular(Posix.OpenFileAt(_folder, name)) ?? throw Posix.LastError($"Cannot open the cache file {System.IO.Path.Join(Path, name)}");
    }

    /// <summary>Opens a regular file for reading; null where there is none.</summary>
    internal SafeFileHandle? OpenToRead(string name) => Regular(Posix.OpenToReadAt(_folder, name));

    /// <summary>Reads a whole file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="limit">Bytes; a longer file is not read.</param>
    /// <returns>Null when there is no such regular file, or it cannot be read.</returns>
    internal byte[]? ReadWhole(string name, int limit)
    {
        using var file = OpenToRead(name);
        if (file is null)
        {
            return null;
        }

        try
        {
            var length = RandomAccess.GetLength(file);
            var bytes = new byte[length <= limit ? length : 0];
            return length <= limit && RandomAccess.Read(file, bytes, 0) == length ? bytes : null;
        }
        catch (IOException)
        {
            // Of no use to anybody.
            return null;
        }
    }

    /// <summary>Writes a file anew, in one step: whoever looks finds the old one or all of the new one.</summary>
    /// <exception cref="IOException">It cannot be written; the old one is as it was.</exception>
    internal void Replace(string name, ReadOnlySpan<byte> bytes)
    {
        var fresh = name + CacheFileNames.NewSuffix;
        RemoveEntry(fresh);
        try
        {
            using var file = OpenFile(fresh);
            RandomAccess.Write(file, bytes, 0);
        }
        catch (UnauthorizedAccessException e)
        {
            // How .NET reports EPERM; to the cache it is a disk that takes nothing.
            throw new IOException(e.Message, e);
        }

        if (!Posix.RenameAt(_folder, fresh, name))
        {
            // A folder in its place.
            RemoveEntry(name);
            if (!Posix.RenameAt(_folder, fresh, name))
            {
                throw Posix.LastError($"Cannot write the cache file {System.IO.Path.Join(Path, name)}");
            }
        }
    }

    /// <summary>What a name in it stands for, links not followed; null when there is nothing.</summary>
    internal FileStatus? StatusOf(string name) => Posix.StatusAt(_folder, name);

    /// <summary>Takes away every right of group and others.</summary>
    /// <exception cref="IOException">The file system has no rights.</exception>
    internal void MakePrivate()
    {
        if (!Posix.MakePrivate(_folder))
        {
            throw Posix.LastError($"Cannot make the cache folder {Path} private");
        }
    }

    /// <summary>Bytes that it and our files in it take on the disk.</summary>
    internal long BytesOnDisk()
    {
        var bytes = Posix.Status(_folder)?.BytesOnDisk ?? 0;
        foreach (var name in CacheFileNames.All)
        {
            bytes += StatusOf(name)?.BytesOnDisk ?? 0;
        }

        return bytes;
    }

    /// <summary>Removes our files, and the folder if nothing else is in it.</summary>
    internal void Remove()
    {
        foreach (var name in CacheFileNames.All)
        {
            RemoveEntry(name);
        }

        // The name may be another folder's by now; if somebody is just about to move in there, he makes it again.
        _ = Posix.RemoveFolderAt(_parent, _name);
    }

    /// <summary>The same, if there is nothing in it but perhaps a lock.</summary>
    internal void RemoveIfUnused()
    {
        if (Array.TrueForAll(CacheFileNames.All, name => name == CacheFileNames.Lock || StatusOf(name) is null))
        {
            Remove();
        }
    }

    public void Dispose()
    {
        _folder.Dispose();
        _parent.Dispose();
    }

    private static OpenFolder? TryOpen(string cacheDirectory, CacheFolderName folderName, bool make, out int error)
    {
        var name = folderName.ToString();
        var path = System.IO.Path.Join(cacheDirectory, name);
        var parent = Posix.TryOpenFolder(cacheDirectory);
        error = Posix.LastErrno;
        try
        {
            if (parent is null)
            {
                return null;
            }

            if (make && !Posix.MakeFolderAt(parent, name) && Posix.LastErrno is not (Posix.Exists or Posix.NoEntry))
            {
                throw Posix.LastError($"Cannot make the cache folder {path}");
            }

            var folder = Posix.OpenFolderAt(parent, name);
            error = Posix.LastErrno;
            if (folder is null)
            {
                return null;
            }

            var opened = new OpenFolder(parent, folder, name, path);
            parent = null;
            return opened;
        }
        finally
        {
            parent?.Dispose();
        }
    }

    private static SafeFileHandle? Regular(SafeFileHandle? file)
    {
        if (file is null || Posix.Status(file) is { IsRegularFile: true })
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    private void RemoveEntry(string name) => _ = Posix.UnlinkAt(_folder, name) || Posix.RemoveFolderAt(_folder, name);
}
