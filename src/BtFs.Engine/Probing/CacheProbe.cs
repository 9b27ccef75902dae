using BtFs.Engine.CacheFolders;
using BtFs.Engine.Storage;

namespace BtFs.Engine;

/// <summary>Tries what a cache needs of a directory, with a file that is gone afterwards.</summary>
public static class CacheProbe
{
    private const long HoleBytes = 16 << 20;
    private const int BlockBytes = 64 << 10;

    /// <summary>Looks at a directory, or, where there is none yet, at the one that it would be made in. Makes none itself.</summary>
    /// <param name="directory">Absolute.</param>
    public static CacheFinding Look(string directory)
    {
        var there = directory;
        while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { } parent)
        {
            there = parent;
        }

        try
        {
            var path = Path.Join(there, $".btfs-probe-{Environment.ProcessId}");
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite, FileOptions.DeleteOnClose);
            RandomAccess.SetLength(file, HoleBytes);
            var hasHoles = Posix.Status(file) is { BytesOnDisk: < HoleBytes };
            RandomAccess.Write(file, new byte[BlockBytes], 0);
            var canPunch = Posix.TryPunch(file, 0, BlockBytes);
            var space = Posix.Space(file);
            return new CacheFinding(null, hasHoles, canPunch, CanLock(path), space?.Available, space?.Total);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new CacheFinding(e.Message.TrimEnd('.'), false, false, false, null, null);
        }
    }

    private static bool CanLock(string path)
    {
        try
        {
            using var again = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return FileLock.TryTake(again);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
