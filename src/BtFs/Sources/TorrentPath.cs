using BtFs.Protocol.Metainfo;

namespace BtFs.Sources;

/// <summary>Reads a .torrent from the disk.</summary>
internal static class TorrentPath
{
    /// <summary>The bytes of a file.</summary>
    /// <exception cref="CommandException">There is no such file, it cannot be read, or it is too large to be a torrent.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(string path, CancellationToken cancel)
    {
        if (Directory.Exists(path))
        {
            throw new CommandException(ExitCode.Source, path, "is a directory", "Name the .torrent file itself: btfs SOURCE MOUNTPOINT, in this order.");
        }

        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);

            // One byte more than the limit is enough to know: a pipe or a device has no length to ask for.
            var room = file is { CanSeek: true, Length: > 0 } ? Math.Min(file.Length, MetainfoLimits.MaxTorrentBytes) : MetainfoLimits.MaxTorrentBytes;
            var bytes = new byte[room + 1];
            var length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
            return length <= MetainfoLimits.MaxTorrentBytes
                ? bytes.AsMemory(0, length)
                : throw new CommandException(ExitCode.Source, path, $"larger than {MetainfoLimits.MaxTorrentBytes >> 20} MiB, so it is no torrent");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(ExitCode.Source, path, "no such file", "A source is a .torrent file, a magnet link, an http(s) URL or an infohash.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Source, path, "permission denied");
        }
        catch (IOException e)
        {
            throw new CommandException(ExitCode.Source, path, $"cannot be read ({e.Message})");
        }
    }
}
