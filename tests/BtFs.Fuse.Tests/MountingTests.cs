using BtFs.Fuse.Abi;
using BtFs.Fuse.Mounting;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Fuse.Tests;

[Collection(MountCollection.Name)]
public class MountingTests
{
    private static readonly FuseMountOptions Ours = new() { FsName = "memory", Subtype = "btfstest" };

    private readonly MemoryFileSystem _files = new MemoryFileSystem().Add("f", new byte[10]);

    [Fact]
    public async Task Through_fusermount3_a_mount_is_the_same()
    {
        await using var mounted = await MountedDirectory.OfAsync(_files, Ours with { ForceHelper = true, FsName = "a name, with commas", NoExec = true });

        Assert.Equal(10, (await Programs.RunAsync("cat", mounted.File("f"))).Output.Length);
        var line = File.ReadLines("/proc/mounts").Single(text => text.Contains(mounted.Path, StringComparison.Ordinal)).Split(' ');
        Assert.Equal((@"a\040name_\040with\040commas", "fuse.btfstest"), (line[0], line[2]));
        Assert.Superset(new HashSet<string> { "ro", "nosuid", "nodev", "noatime", "noexec" }, line[3].Split(',').ToHashSet());
        Assert.False(HelperMount.TryUnmount("/", lazily: false));
        Assert.True(HelperMount.TryUnmount(mounted.Path, lazily: false));
        await mounted.Mount.Completion.WaitAsync(Programs.Patience);
    }

    [Fact]
    public void What_the_helper_says_is_passed_on()
    {
        var at = MountPoint.TryFind(NewDirectory(out var path), Ours, out _)!;
        Directory.Delete(path);

        var refused = Assert.Throws<MountException>(() => HelperMount.Mount(at, Ours));

        Assert.Equal(MountFailure.HelperRefused, refused.Failure);
        Assert.Contains(path, refused.Message);
    }

    [Fact]
    public async Task The_file_system_hears_what_was_agreed_before_the_mount_is_ready()
    {
        await using var mounted = await MountedDirectory.OfAsync(_files);

        Assert.Same(mounted.Mount.Connection, _files.Connection);
        Assert.Equal(Requests.Handshake.MaxRead, mounted.Mount.Connection.MaxReadSize);
    }

    [Fact]
    public async Task A_file_system_that_cannot_start_leaves_no_mount_behind()
    {
        var directory = NewDirectory(out var path);

        await Assert.ThrowsAsync<TimeoutException>(
            () => FuseMount.MountAsync(new ThrowingFileSystem(), directory, Ours, NullLoggerFactory.Instance, CancellationToken.None));

        Assert.Null(MountTable.TopAt(path));
        Directory.Delete(path);
    }

    [Fact]
    public async Task A_missing_mount_point_is_refused() =>
        await RefusedAsync(NewDirectory(out var path) + "/none", MountFailure.MountPointMissing, () => Directory.Delete(path));

    [Fact]
    public async Task A_file_is_no_mount_point()
    {
        var file = Path.GetTempFileName();

        await RefusedAsync(file, MountFailure.NotADirectory, () => { });
        await RefusedAsync(file + "/x", MountFailure.NotADirectory, () => File.Delete(file));
    }

    [Fact]
    public async Task A_directory_with_something_in_it_is_mounted_on_only_if_asked()
    {
        var directory = NewDirectory(out var path);
        await File.WriteAllTextAsync(path + "/something", "");

        await RefusedAsync(directory, MountFailure.NotEmpty, () => { });
        await using (var mount = await MountAsync(directory, Ours with { NonEmpty = true }))
        {
            Assert.Equal("f\n", (await Programs.RunAsync("ls", directory)).Text);
        }

        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public async Task A_living_mount_of_ours_is_not_mounted_over()
    {
        await using var mounted = await MountedDirectory.OfAsync(_files);

        await RefusedAsync(mounted.Path, MountFailure.AlreadyMounted, () => { });
        Assert.Equal(10, (await Programs.RunAsync("cat", mounted.File("f"))).Output.Length);
    }

    [Fact]
    public async Task Dead_mounts_of_ours_are_cleared_away_first()
    {
        var directory = NewDirectory(out var path);
        LeaveDeadMount(directory, Ours);
        await using (await MountAsync(directory, Ours))
        {
            Assert.Equal("f\n", (await Programs.RunAsync("ls", directory)).Text);
        }

        Assert.Null(MountTable.TopAt(path));
        Directory.Delete(path);
    }

    [Fact]
    public async Task A_dead_mount_of_somebody_else_is_left_alone()
    {
        var directory = NewDirectory(out var path);
        LeaveDeadMount(directory, Ours with { Subtype = "sshfs" });

        await RefusedAsync(directory, MountFailure.Stale, () => Libc.Unmount(path, Libc.UnmountDetach));
        Directory.Delete(path);
    }

    [Fact]
    public async Task A_mount_whose_program_was_killed_is_replaced()
    {
        var directory = NewDirectory(out var path);
        using (var daemon = Programs.StartListening("dotnet", Daemon.Path, directory))
        {
            Assert.Equal(Daemon.Mounted, await daemon.StandardOutput.ReadLineAsync());
            daemon.Kill();
            await Programs.EndAsync(daemon);
        }

        Assert.Contains("not connected", (await Programs.RunAsync("ls", directory)).Errors);
        LeaveDeadMountOnTop(directory);
        await using (await MountAsync(directory, Ours))
        {
            Assert.Equal("f\n", (await Programs.RunAsync("ls", directory)).Text);
        }

        Assert.Null(MountTable.TopAt(path));
        Directory.Delete(path);
    }

    /// <summary>
    /// The whole program as nobody, in a mount namespace where <c>/dev/fuse</c> is open to all, as udev has it on people's machines.
    /// </summary>
    [Fact]
    public async Task An_ordinary_user_mounts_through_the_helper_and_keeps_root_out()
    {
        var directory = NewDirectory(out var path);
        var device = NewDirectory(out _);
        using var daemon = Programs.StartListening("unshare", "--mount", "sh", "-c", AsNobody, "sh", directory, device, Daemon.Path);
        try
        {
            Assert.Equal(Daemon.Mounted, await daemon.StandardOutput.ReadLineAsync());

            string[] inside = ["--mount", "--target", $"{daemon.Id}"];
            string[] nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
            Assert.Equal(Daemon.FileContent, (await Programs.RunAsync("nsenter", [.. inside, .. nobody, "cat", directory + "/hello"])).Text);
            Assert.Contains("Permission denied", (await Programs.RunAsync("nsenter", [.. inside, "ls", directory])).Errors);
            using var reader = Programs.Start("nsenter", [.. inside, .. nobody, "cat", directory + "/stalled"]);

            await daemon.StandardInput.WriteLineAsync(nameof(UnmountMode.Lazy));
            Assert.Equal(nameof(UnmountResult.Unmounted), await daemon.StandardOutput.ReadLineAsync());
            Assert.Equal(1, (await Programs.EndAsync(reader)).ExitCode);
            daemon.StandardInput.Close();
            Assert.Equal(0, (await Programs.EndAsync(daemon)).ExitCode);
        }
        finally
        {
            daemon.Kill();
            Directory.Delete(path);
            Directory.Delete(device, recursive: true);
        }
    }

    [Fact]
    public async Task An_ordinary_user_is_told_what_stands_in_the_way_of_allow_other()
    {
        var directory = NewDirectory(out var path);
        var device = NewDirectory(out _);

        var refused = await Programs.RunAsync("unshare", "--mount", "sh", "-c", AsNobody, "sh", directory, device, Daemon.Path, "allow_other");

        Directory.Delete(path);
        Directory.Delete(device, recursive: true);
        Assert.StartsWith($"{MountFailure.AllowOtherDenied}: ", refused.Text);
        Assert.Contains("user_allow_other", refused.Text);
    }

    private const string AsNobody = """
        chown 65534 "$1" && mknod -m 666 "$2/fuse" c 10 229 && mount --bind "$2/fuse" /dev/fuse &&
        exec setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$1" DOTNET_CLI_TELEMETRY_OPTOUT=1 dotnet "$3" "$1" "$4"
        """;

    [Fact]
    public async Task A_symbolic_link_leads_to_the_mount_point()
    {
        var directory = NewDirectory(out var path);
        var link = path + ".link";
        File.CreateSymbolicLink(link, directory);

        await using (var mount = await MountAsync(link + "/", Ours))
        {
            Assert.Equal(path, mount.Directory);
        }

        File.Delete(link);
        Directory.Delete(path);
    }

    [Fact]
    public async Task A_device_that_a_helper_opened_is_taken_over()
    {
        var at = MountPoint.TryFind(NewDirectory(out var path), Ours, out _)!;
        var device = DirectMount.TryMount(at, Ours)!;
        await using (var mount = await MountAsync($"/dev/fd/{device.DangerousGetHandle()}", Ours))
        {
            device.SetHandleAsInvalid();
            Assert.Equal("f\n", (await Programs.RunAsync("ls", path)).Text);
            Assert.Equal(0, Libc.Unmount(path, 0));
            await mount.Completion.WaitAsync(Programs.Patience);
        }

        Directory.Delete(path);
    }

    [Fact]
    public async Task A_device_number_that_is_not_open_is_refused() => await RefusedAsync("/dev/fd/9999", MountFailure.NoDevice, () => { });

    private static string NewDirectory(out string path) => path = MountedDirectory.NewDirectory();

    private static void LeaveDeadMount(string directory, FuseMountOptions options) =>
        DirectMount.TryMount(MountPoint.TryFind(directory, options, out _)!, options)!.Dispose();

    private static void LeaveDeadMountOnTop(string directory)
    {
        var descriptor = Libc.Open("/dev/fuse", Libc.OpenReadWrite | Libc.CloseOnExec);
        Assert.Equal(0, Libc.Mount("memory", directory, MountPoint.TypeOf(Ours), 0, OptionText.ForKernel(Ours, descriptor)));
        Libc.Close(descriptor);
    }

    private async Task RefusedAsync(string directory, MountFailure failure, Action cleanUp)
    {
        var refused = await Assert.ThrowsAsync<MountException>(() => MountAsync(directory, Ours));
        cleanUp();
        Assert.Equal(failure, refused.Failure);
        Assert.NotEmpty(refused.Remedy);
    }

    private Task<FuseMount> MountAsync(string directory, FuseMountOptions options) =>
        FuseMount.MountAsync(_files, directory, options, NullLoggerFactory.Instance, CancellationToken.None);
}
