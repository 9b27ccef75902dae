using BtFs.Fuse.Mounting;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Fuse.Tests;

/// <summary>This program run by itself: mounts one file and obeys its standard input. For tests that need a daemon to kill, or one of another user.</summary>
internal static class Daemon
{
    public const string FileContent = "hello from another process\n";
    public const string Mounted = "mounted";

    /// <summary>The dll to start with <c>dotnet</c>, followed by the mount point and the option list.</summary>
    public static readonly string Path = typeof(Daemon).Assembly.Location;

    public static async Task<int> Main(string[] arguments)
    {
        var files = new MemoryFileSystem().Add("hello", System.Text.Encoding.UTF8.GetBytes(FileContent)).Add("stalled", new byte[1 << 20], stalls: true);
        try
        {
            var options = new FuseMountOptions { FsName = "daemon", Subtype = "btfstest" }.With(arguments.ElementAtOrDefault(1) ?? "");
            await using var mount = await FuseMount.MountAsync(files, arguments[0], options, NullLoggerFactory.Instance, CancellationToken.None);
            await Console.Out.WriteLineAsync(Mounted);
            while (await Console.In.ReadLineAsync() is { } command)
            {
                await Console.Out.WriteLineAsync((await mount.UnmountAsync(Enum.Parse<UnmountMode>(command))).ToString());
            }

            return 0;
        }
        catch (MountException e)
        {
            await Console.Out.WriteLineAsync($"{e.Failure}: {e.Message} {e.Remedy}");
            return 1;
        }
    }
}
