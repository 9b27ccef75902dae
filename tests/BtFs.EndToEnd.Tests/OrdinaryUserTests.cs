namespace BtFs.EndToEnd;

/// <summary>Without root's rights the program mounts through fusermount3, and says so when it is not there. Root runs these, to become somebody else.</summary>
public sealed class OrdinaryUserTests : IDisposable
{
    private const string Nobody = "65534";

    private readonly TemporaryFolder _folder = new();
    private readonly TorrentFixture _torrent;
    private readonly string _home;
    private readonly string _program;

    public OrdinaryUserTests()
    {
        _torrent = TorrentFixture.Make(_folder, "for everyone", 32_768, new FileShape("a.txt", 100), new FileShape("b/c.bin", 200_000));
        _home = _folder.Sub("home");
        _program = ProgramThatEverybodyReaches();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_ordinary_user_mounts_reads_and_unmounts()
    {
        await using var seed = await LibtorrentSeed.StartAsync(_torrent);
        await GiveHomeAwayAsync();

        (await AsNobodyAsync(prepare: ":", $"""
            {_program} '{_torrent.Magnet(seed.Address)}' mnt || exit
            cmp "mnt/for everyone/b/c.bin" '{_torrent.Disk(1)}'; same=$?
            fusermount3 -u mnt && exit $same
            """)).Ok();
        await Eventually.TrueAsync("its cache is gone", BtfsMount.EndsWithin, () => !Directory.EnumerateFiles(_home, "*", SearchOption.AllDirectories).Any());
    }

    [Fact]
    public async Task Two_users_never_share_a_cache()
    {
        await using var seed = await LibtorrentSeed.StartAsync(_torrent);
        await GiveHomeAwayAsync();
        var shared = _folder.Sub("shared");
        File.SetUnixFileMode(shared, (UnixFileMode)0b1_111_111_111);
        await using var mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(seed.Address), "--keep", $"--data-directory={shared}");
        await Same.ContentAsync(_torrent, mount);

        var own = Path.Combine(shared, _torrent.InfoHash);
        (await AsNobodyAsync(prepare: ":", $"""
            {_program} --data-directory={shared} '{_torrent.Magnet(seed.Address)}' mnt || exit
            cmp "mnt/for everyone/b/c.bin" '{_torrent.Disk(1)}'; same=$?
            cat {own}/data > /dev/null 2>&1 && same=98
            test "$(stat -c '%u %a' {own}.2)" = '{Nobody} 700' || same=97
            fusermount3 -u mnt && exit $same
            """)).Ok();
        await Eventually.TrueAsync("the other user's cache is gone", BtfsMount.EndsWithin, () => !Directory.Exists($"{own}.2"));
        await mount.UnmountAsync();
        Assert.True(Directory.Exists(own));
    }

    [Fact]
    public async Task An_ordinary_user_without_fusermount3_is_told_what_to_install()
    {
        await GiveHomeAwayAsync();

        var refused = await AsNobodyAsync(
            prepare: "mount -t tmpfs none /usr/sbin && mount -t tmpfs none /usr/bin", $"exec {_program} '{_torrent.TorrentFile}' mnt");
        Assert.True(refused.ExitCode == 2, $"ended with {refused.ExitCode}: {refused.Errors}");
        Assert.StartsWith("btfs: ", refused.Errors);
        Assert.Contains("fusermount3", refused.Errors);
        Assert.Contains("fuse3", refused.Errors);
    }

    /// <summary>Runs a script without rights, in a mount namespace where everybody may open /dev/fuse, as udev has it on most machines.</summary>
    private Task<CommandResult> AsNobodyAsync(string prepare, string script)
    {
        // Kept under other names: the preparation may hide the folders of the originals.
        var (setpriv, shell) = (_folder.At("setpriv"), _folder.At("shell"));
        File.Copy(Programs.Find("setpriv"), setpriv);
        File.Copy(Programs.Find("sh"), shell);
        var asNobody = $"""
            cd {_home} && export HOME={_home} XDG_CACHE_HOME={_home}/cache DOTNET_EnableDiagnostics=0
            {script}
            """;
        var asRoot = $"""
            mount -t tmpfs none /dev && mknod -m 666 /dev/fuse c 10 229 && mknod -m 666 /dev/null c 1 3 && mknod -m 666 /dev/urandom c 1 9 && {prepare} || exit 99
            exec {setpriv} --reuid {Nobody} --regid {Nobody} --clear-groups {shell} -c "$1"
            """;
        return Command.RunAsync("unshare", "-m", "sh", "-c", asRoot, "sh", asNobody);
    }

    private async Task GiveHomeAwayAsync()
    {
        Directory.CreateDirectory(Path.Combine(_home, "mnt"));
        (await Command.RunAsync("chown", "-R", $"{Nobody}:{Nobody}", _home)).Ok();
    }

    /// <summary>A copy outside the home of whoever runs the tests.</summary>
    private string ProgramThatEverybodyReaches()
    {
        var folder = _folder.Sub("program");
        var built = Path.GetDirectoryName(BtfsProgram.Path)!;
        var files = BtfsProgram.IsNative ? [BtfsProgram.Path] : Directory.GetFiles(built);
        foreach (var file in files)
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return Path.Combine(folder, "btfs");
    }
}
