using System.Diagnostics;
using BtFs.Fuse.Abi;
using BtFs.Fuse.Mounting;

namespace BtFs.Fuse.Tests;

[Collection(MountCollection.Name)]
public class UnmountingTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    private readonly MemoryFileSystem _files = new MemoryFileSystem().Add("stalled", new byte[1 << 20], stalls: true).Add("ready", new byte[100]);

    [Fact]
    public async Task An_idle_mount_goes_away_politely()
    {
        await using var mounted = await MountedDirectory.OfAsync(_files);

        Assert.Equal(UnmountResult.Unmounted, await mounted.Mount.UnmountAsync(UnmountMode.Polite));
        Assert.True(mounted.Mount.Completion.IsCompleted);
        Assert.Empty(Directory.EnumerateFileSystemEntries(mounted.Path));
        Assert.Equal(UnmountResult.Unmounted, await mounted.Mount.UnmountAsync(UnmountMode.Polite));
    }

    [Fact]
    public async Task A_mount_in_use_is_not_taken_away_politely()
    {
        await using var mounted = await MountedDirectory.OfAsync(_files);
        using var holder = await HoldAsync(mounted.File("ready"));

        Assert.Equal(UnmountResult.Busy, await mounted.Mount.UnmountAsync(UnmountMode.Polite));

        Assert.Equal(100, (await Programs.RunAsync("cat", mounted.File("ready"))).Output.Length);
        holder.Kill();
    }

    [Theory]
    [InlineData(UnmountMode.Lazy)]
    [InlineData(UnmountMode.Abort)]
    public async Task Waiting_readers_do_not_hold_up_the_end(UnmountMode mode)
    {
        await using var mounted = await MountedDirectory.OfAsync(_files);
        using var cached = Programs.Start("dd", "if=" + mounted.File("stalled"), "of=/dev/null", "bs=4096", "count=1");
        using var direct = Programs.Start("dd", "if=" + mounted.File("stalled"), "of=/dev/null", "bs=4096", "count=1", "skip=200", "iflag=direct");
        Eventually.IsTrue(() => mounted.Mount.WaitingReads >= 2, "both wait");

        var watch = Stopwatch.StartNew();
        Assert.Equal(UnmountResult.Unmounted, await mounted.Mount.UnmountAsync(mode));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Soon);
        Assert.NotEqual(0, (await Programs.EndAsync(cached)).ExitCode);
        Assert.NotEqual(0, (await Programs.EndAsync(direct)).ExitCode);
    }

    [Fact]
    public async Task A_lazy_unmount_leaves_who_has_files_open_and_ends_with_them()
    {
        await using var mounted = await MountedDirectory.OfAsync(_files);
        using var holder = await HoldAsync(mounted.File("ready"));

        Assert.Equal(UnmountResult.Detached, await mounted.Mount.UnmountAsync(UnmountMode.Lazy));
        Assert.Empty(Directory.EnumerateFileSystemEntries(mounted.Path));
        Assert.False(mounted.Mount.Completion.IsCompleted);

        holder.Kill();
        await mounted.Mount.Completion.WaitAsync(Programs.Patience);
    }

    [Fact]
    public async Task An_abort_ends_even_what_is_held_open()
    {
        await using var mounted = await MountedDirectory.OfAsync(_files);
        using var holder = await HoldAsync(mounted.File("ready"));

        Assert.Equal(UnmountResult.Unmounted, await mounted.Mount.UnmountAsync(UnmountMode.Abort));
        holder.Kill();
    }

    [Theory]
    [InlineData("umount", "--")]
    [InlineData("fusermount3", "-u")]
    public async Task Anybody_may_unmount_from_outside(string program, string option)
    {
        await using var mounted = await MountedDirectory.OfAsync(_files);

        Assert.Equal(0, (await Programs.RunAsync(program, option, mounted.Path)).ExitCode);

        await mounted.Mount.Completion.WaitAsync(Programs.Patience);
    }

    [Fact]
    public async Task The_kernels_own_switch_ends_the_mount_and_its_waiting_reads()
    {
        await using var mounted = await MountedDirectory.OfAsync(_files);
        using var reader = Programs.Start("dd", "if=" + mounted.File("stalled"), "of=/dev/null", "bs=4096", "count=1");
        Eventually.IsTrue(() => mounted.Mount.WaitingReads >= 1, "the reader waits");
        var number = MountTable.TopAt(mounted.Path)!.Device.Split(':')[1];
        var control = MountedDirectory.NewDirectory();
        Assert.Equal(0, Libc.Mount("none", control, "fusectl", 0, ""));
        try
        {
            await File.WriteAllTextAsync($"{control}/{number}/abort", "1");
        }
        finally
        {
            Libc.Unmount(control, Libc.UnmountDetach);
            Directory.Delete(control);
        }

        await mounted.Mount.Completion.WaitAsync(Programs.Patience);
        Assert.NotEqual(0, (await Programs.EndAsync(reader)).ExitCode);
        Eventually.IsTrue(() => _files.Cancelled >= 1, "the file system is told");
    }

    [Fact]
    public async Task A_mount_that_lives_on_in_another_namespace_does_not_hold_us_up()
    {
        await using var mounted = await MountedDirectory.OfAsync(_files);
        using var elsewhere = Programs.Start("unshare", "--mount", "sh", "-c", "echo in; exec sleep 60");
        Assert.Equal("in", await elsewhere.StandardOutput.ReadLineAsync());

        var watch = Stopwatch.StartNew();
        Assert.Equal(UnmountResult.Detached, await mounted.Mount.UnmountAsync(UnmountMode.Polite));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Soon);
        elsewhere.Kill();
        await mounted.Mount.Completion.WaitAsync(Programs.Patience);
    }

    [Fact]
    public async Task Only_our_own_mount_is_taken_away()
    {
        await using var mounted = await MountedDirectory.OfAsync(_files);
        Assert.Equal(0, (await Programs.RunAsync("umount", mounted.Path)).ExitCode);
        await mounted.Mount.Completion.WaitAsync(Programs.Patience);
        await using var other = await FuseMount.MountAsync(
            new MemoryFileSystem(), mounted.Path, new FuseMountOptions { Subtype = "other" }, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, CancellationToken.None);

        Assert.Equal(UnmountResult.Unmounted, await mounted.Mount.UnmountAsync(UnmountMode.Abort));

        Assert.Equal("fuse.other", MountTable.TopAt(mounted.Path)!.Type);
    }

    /// <summary>A process with the file open, doing nothing.</summary>
    private static async Task<Process> HoldAsync(string file)
    {
        var holder = Programs.Start("sh", "-c", "exec 3<\"$1\"; echo open; exec sleep 60", "sh", file);
        Assert.Equal("open", await holder.StandardOutput.ReadLineAsync());
        return holder;
    }
}
