using System.Runtime.InteropServices;
using System.Text;
using BtFs.Protocol.Metainfo;
using BtFs.Running;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Libraries;

/// <summary>Remembers the torrents of a library, a few small files for each in one folder, so that the next mount shows the same.</summary>
/// <remarks>
/// <para><c>HASH.torrent</c> or <c>HASH.magnet</c> is what was added, and its time of modification is when. Beside it <c>HASH.info</c>, what the swarm told
/// of a link's torrent, and <c>HASH.name</c>, the name of its folder. <c>HASH.removed</c> says that a file in a watched folder is not to bring it back.</para>
/// <para>A file appears whole or not at all, also when the power fails. What is damaged, or not ours, is told once and left as it is.</para>
/// </remarks>
internal sealed class LibraryStore : IDisposable
{
    private const string TorrentEnding = ".torrent";
    private const string MagnetEnding = ".magnet";
    private const string InfoEnding = ".info";
    private const string NameEnding = ".name";
    private const string RemovedEnding = ".removed";
    private const string LockName = "lock";

    /// <summary>Bytes of the longest link; those on web pages have a few KiB of trackers.</summary>
    private const int LongestMagnet = 1 << 16;

    private const int LongestName = 255;
    private const int HashDigits = InfoHash.Size * 2;

    private readonly string _directory;
    private readonly FileStream _lock;

    private LibraryStore(string directory, FileStream taken)
    {
        _directory = directory;
        _lock = taken;
    }

    /// <summary>Opens the folder, which is made if need be, for this process alone.</summary>
    /// <exception cref="CommandException">It cannot be used, or another mount has it.</exception>
    public static LibraryStore Open(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.System, directory, $"cannot be made ({e.Message.TrimEnd('.')})", "Name another place for the list of torrents: --library=DIR");
        }

        try
        {
            return new LibraryStore(directory, new FileStream(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            throw new CommandException(ExitCode.MountRefused, directory, "another mount uses this list of torrents", "Unmount that one first, or name another: --library=DIR");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.System, directory, "permission denied", "Name another place for the list of torrents: --library=DIR");
        }
    }

    /// <summary>Everything remembered, the first added first.</summary>
    /// <param name="damaged">Hears of files that are not what they should be, and why.</param>
    public IReadOnlyList<RememberedTorrent> Load(Action<string, string> damaged)
    {
        var found = new List<(DateTime Added, RememberedTorrent Torrent)>();
        foreach (var path in Directory.EnumerateFiles(_directory).Order(StringComparer.Ordinal))
        {
            var ending = Path.GetExtension(path);
            if (ending is not (TorrentEnding or MagnetEnding))
            {
                continue;
            }

            try
            {
                found.Add((File.GetLastWriteTimeUtc(path), Read(path, ending)));
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                damaged(path, e.Message.TrimEnd('.'));
            }
        }

        return [.. found.OrderBy(one => one.Added).DistinctBy(one => one.Torrent.InfoHash).Select(one => one.Torrent)];
    }

    /// <summary>Remembers a torrent by its .torrent.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void SaveTorrent(InfoHash torrent, ReadOnlySpan<byte> bytes)
    {
        Write(torrent, TorrentEnding, bytes);
        Delete(torrent, MagnetEnding, InfoEnding, RemovedEnding);
    }

    /// <summary>Remembers a torrent by its link.</summary>
    /// <inheritdoc cref="SaveTorrent"/>
    public void SaveMagnet(InfoHash torrent, string link)
    {
        Write(torrent, MagnetEnding, Encoding.UTF8.GetBytes(link + "\n"));
        Delete(torrent, RemovedEnding);
    }

    /// <summary>Remembers what the swarm told of a link's torrent.</summary>
    /// <inheritdoc cref="SaveTorrent"/>
    public void SaveInfo(InfoHash torrent, ReadOnlySpan<byte> info) => Write(torrent, InfoEnding, info);

    /// <summary>Remembers the name of its folder.</summary>
    /// <inheritdoc cref="SaveTorrent"/>
    public void SaveName(InfoHash torrent, string name) => Write(torrent, NameEnding, Encoding.UTF8.GetBytes(name));

    /// <summary>Forgets a torrent.</summary>
    /// <param name="torrent">Which one.</param>
    /// <param name="isWatched">Whether a file in a watched folder would bring it back.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Remove(InfoHash torrent, bool isWatched)
    {
        if (isWatched)
        {
            Write(torrent, RemovedEnding, []);
        }

        Delete(torrent, TorrentEnding, MagnetEnding, InfoEnding, NameEnding);
        Sync();
    }

    /// <summary>When a torrent was removed that a watched folder had brought; null if it was not.</summary>
    public DateTime? RemovedAt(InfoHash torrent)
    {
        var path = PathOf(torrent, RemovedEnding);
        return File.Exists(path) ? File.GetLastWriteTimeUtc(path) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private RememberedTorrent Read(string path, string ending)
    {
        var digits = Path.GetFileNameWithoutExtension(path);
        if (digits.Length != HashDigits || !digits.All(digit => char.IsAsciiDigit(digit) || digit is >= 'a' and <= 'f'))
        {
            throw new InvalidDataException("its name is no infohash");
        }

        var torrent = new InfoHash(Convert.FromHexString(digits));
        var name = TryRead(PathOf(torrent, NameEnding), LongestName) is { Length: > 0 } text ? Encoding.UTF8.GetString(text) : null;
        if (ending == TorrentEnding)
        {
            return new RememberedTorrent(torrent, ReadFile(path, MetainfoLimits.MaxTorrentBytes), Magnet: null, Info: null, name);
        }

        var link = Encoding.UTF8.GetString(ReadFile(path, LongestMagnet)).Trim();
        var info = TryRead(PathOf(torrent, InfoEnding), MetainfoLimits.MaxTorrentBytes);
        var isRight = info is not null && InfoHash.OfInfo(info).Equals(torrent);
        return new RememberedTorrent(torrent, Torrent: null, link, isRight ? info : default(ReadOnlyMemory<byte>?), name);
    }

    private static byte[]? TryRead(string path, int longest)
    {
        try
        {
            return File.Exists(path) ? ReadFile(path, longest) : null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // Worth having, but not needed.
            return null;
        }
    }

    /// <summary>Follows no link and waits for no pipe, whoever has put one there.</summary>
    private static byte[] ReadFile(string path, int longest)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new InvalidDataException("it is a symbolic link");
        }

        using var file = OpenDescriptor(path, LibC.OpenDoNotWait | LibC.OpenCloseOnExec);
        long length;
        try
        {
            length = RandomAccess.GetLength(file);
        }
        catch (NotSupportedException)
        {
            throw new InvalidDataException("it is no ordinary file");
        }

        if (length > longest)
        {
            throw new InvalidDataException($"it is longer than {longest} bytes");
        }

        var bytes = new byte[length];
        var got = 0;
        while (got < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(got), got) is > 0 and var some)
        {
            got += some;
        }

        return bytes[..got];
    }

    private void Write(InfoHash torrent, string ending, ReadOnlySpan<byte> bytes)
    {
        var path = PathOf(torrent, ending);
        var unfinished = path + ".new";
        try
        {
            using (var file = File.OpenHandle(unfinished, FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(file, bytes, 0);
                Sync(file);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }

        Sync();
    }

    private void Delete(InfoHash torrent, params ReadOnlySpan<string> endings)
    {
        foreach (var ending in endings)
        {
            File.Delete(PathOf(torrent, ending));
        }
    }

    /// <summary>Brings the names to the disk.</summary>
    private void Sync()
    {
        using var folder = OpenDescriptor(_directory, LibC.OpenCloseOnExec);
        Sync(folder);
    }

    private void Sync(SafeFileHandle file)
    {
        if (LibC.fsync((int)file.DangerousGetHandle()) != 0)
        {
            throw new IOException($"{_directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private static SafeFileHandle OpenDescriptor(string path, int flags)
    {
        var descriptor = LibC.open(path, flags);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private string PathOf(InfoHash torrent, string ending) => Path.Combine(_directory, torrent + ending);
}
