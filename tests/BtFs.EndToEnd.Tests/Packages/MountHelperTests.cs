namespace BtFs.EndToEnd.Packages;

/// <summary>mount(8), fstab and automount find the installed program, and get the answers that they expect of a helper.</summary>
[Collection(InstalledPackage.Name)]
public sealed class MountHelperTests(InstalledPackage installed)
{
    private readonly string _at = $"/srv/{Guid.NewGuid():N}";

    [Theory]
    [InlineData("btfs")]
    [InlineData("fuse.btfs")]
    public async Task Mount_8_mounts_a_torrent_and_umount_ends_it(string type)
    {
        (await installed.Root.ShellAsync($"mkdir {_at} && mount -t {type} {installed.Torrent} {_at} -o {InstalledPackage.Peer},no_dht,max-peers=5")).Ok();

        await installed.AssertShownAsync(_at);
        await installed.UnmountAsync(_at);
    }

    [Fact]
    public async Task Mount_8_mounts_a_magnet_link()
    {
        (await installed.Root.ShellAsync($"mkdir {_at} && mount -t btfs '{installed.Magnet}' {_at}")).Ok();

        await installed.AssertShownAsync(_at);
        await installed.UnmountAsync(_at);
    }

    [Fact]
    public async Task A_line_in_fstab_is_mounted_by_its_folder_with_all_the_words_that_fstab_needs()
    {
        var line = $"{installed.Torrent} {_at} btfs {InstalledPackage.Peer},noauto,nofail,_netdev,user,x-systemd.automount,allow_other 0 0";
        (await installed.Root.ShellAsync($"mkdir {_at} && echo '{line}' >> /etc/fstab && mount {_at}")).Ok();

        await installed.AssertShownAsync(_at);
        await installed.UnmountAsync(_at);
    }

    [Fact]
    public async Task At_the_start_of_the_machine_mount_a_mounts_it()
    {
        var fstab = $"{installed.Shared}/fstab";
        await File.WriteAllTextAsync(fstab, $"{installed.Torrent} {_at} btfs {InstalledPackage.Peer},_netdev 0 0\n");

        (await installed.Root.ShellAsync($"mkdir {_at} && env -i /bin/mount -a -T {fstab}")).Ok();

        await installed.AssertShownAsync(_at);
        await installed.UnmountAsync(_at);
    }

    [Fact]
    public async Task Systemd_makes_of_the_line_a_mount_after_the_network_and_an_automount()
    {
        var (fstab, units) = ($"{installed.Shared}/fstab-of-systemd", $"{installed.Shared}/units");
        await File.WriteAllTextAsync(fstab, $"{installed.Torrent} /srv/automatic btfs noauto,x-systemd.automount,_netdev,allow_other 0 0\n");

        (await installed.Root.ShellAsync(
            $"mkdir -p {units} && SYSTEMD_FSTAB={fstab} /usr/lib/systemd/system-generators/systemd-fstab-generator {units} {units} {units}")).Ok();

        var mount = await File.ReadAllTextAsync($"{units}/srv-automatic.mount");
        Assert.Contains("Before=remote-fs.target", mount);
        Assert.Contains("Type=btfs", mount);
        Assert.Contains("Where=/srv/automatic", await File.ReadAllTextAsync($"{units}/srv-automatic.automount"));
    }

    [Theory]
    [InlineData(32, "/nowhere.torrent", "")]
    [InlineData(32, "0123456789012345678901234567890123456789", "-o no_dht,metadata-timeout=1")]
    [InlineData(1, "TORRENT", "-o no_such_word")]
    public async Task What_cannot_be_mounted_is_told_in_one_line_with_the_exit_status_of_mount_8(int status, string source, string words)
    {
        source = source.Replace("TORRENT", installed.Torrent, StringComparison.Ordinal);

        var refused = await installed.Root.ShellAsync($"mkdir {_at} && mount -t btfs {source} {_at} {words}");

        Assert.True(refused.ExitCode == status, $"ended with {refused.ExitCode}: {refused.Errors}");
        Assert.Contains("btfs: ", refused.Errors);
        Assert.Equal(1, (await installed.Root.ShellAsync($"findmnt {_at}")).ExitCode);
    }

    [Fact]
    public async Task A_sloppy_mount_passes_over_words_that_are_not_known()
    {
        (await installed.Root.ShellAsync($"mkdir {_at} && mount -s -t btfs {installed.Torrent} {_at} -o {InstalledPackage.Peer},no_such_word")).Ok();

        await installed.AssertShownAsync(_at);
        await installed.UnmountAsync(_at);
    }

    [Fact]
    public async Task A_fake_mount_mounts_nothing()
    {
        (await installed.Root.ShellAsync($"mkdir {_at} && mount.btfs {installed.Torrent} {_at} -f -o ro")).Ok();

        Assert.Equal(1, (await installed.Root.ShellAsync($"findmnt {_at}")).ExitCode);
    }
}
