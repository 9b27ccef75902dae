using BtFs.Fuse.Abi;
using BtFs.Fuse.Mounting;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Fuse.Tests;

/// <summary>A real mount on a directory of its own, with a breaker: whatever the test does, it is cut off after a while and at the end.</summary>
internal sealed class MountedDirectory : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly Timer _breaker;

    private MountedDirectory(string path, FuseMount mount)
    {
        Path = path;
        Mount = mount;
        _breaker = new Timer(_ => Break(), null, Longest, Timeout.InfiniteTimeSpan);
    }

    public string Path { get; }

    public FuseMount Mount { get; }

    public static async Task<MountedDirectory> OfAsync(FuseFileSystem fileSystem, FuseMountOptions? options = null)
    {
        var path = NewDirectory();
        var mount = await FuseMount.MountAsync(
            fileSystem, path, options ?? new FuseMountOptions { FsName = "memory", Subtype = "btfstest" }, NullLoggerFactory.Instance, CancellationToken.None);
        return new MountedDirectory(path, mount);
    }

    public static string NewDirectory() => Directory.CreateTempSubdirectory("btfs-fuse-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public async ValueTask DisposeAsync()
    {
        await _breaker.DisposeAsync();
        await Mount.DisposeAsync();
        Break();
        Directory.Delete(Path);
    }

    private void Break() => Libc.Unmount(Path, Libc.UnmountDetach | Libc.UnmountForce);
}
