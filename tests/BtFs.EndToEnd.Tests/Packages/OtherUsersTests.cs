namespace BtFs.EndToEnd.Packages;

/// <summary>Who may look into whose mount, with the installed program.</summary>
[Collection(InstalledPackage.Name)]
public sealed class OtherUsersTests(InstalledPackage installed)
{
    private const int Owner = 1001;
    private const int Other = 1002;

    private readonly string _name = Guid.NewGuid().ToString("N");

    private string MountPoint => $"/home/{Owner}/{_name}";

    [Fact]
    public async Task A_mount_is_its_owners_alone_and_even_root_is_kept_out()
    {
        (await installed.Root.ShellAsync(Owner, Mount(words: ""))).Ok();

        (await installed.Root.ShellAsync(Owner, $"cmp {MountPoint}/show/film.bin {installed.Film}")).Ok();
        foreach (var refused in new[] { await installed.Root.ShellAsync(Other, $"ls {MountPoint}"), await installed.Root.ShellAsync($"ls {MountPoint}") })
        {
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains("Permission denied", refused.Errors);
        }

        await EndAsync();
    }

    [Fact]
    public async Task With_allow_other_another_user_reads()
    {
        (await installed.Root.ShellAsync("grep -qx user_allow_other /etc/fuse.conf || echo user_allow_other >> /etc/fuse.conf")).Ok();

        (await installed.Root.ShellAsync(Owner, Mount("-o allow_other"))).Ok();

        (await installed.Root.ShellAsync(Other, $"cmp {MountPoint}/show/film.bin {installed.Film}")).Ok();
        (await installed.Root.ShellAsync($"cmp {MountPoint}/show/film.bin {installed.Film}")).Ok();
        await EndAsync();
    }

    [Fact]
    public async Task An_ordinary_user_who_may_not_allow_others_is_told_which_line_is_missing_where()
    {
        (await installed.Root.ShellAsync("sed -i '/^user_allow_other/d' /etc/fuse.conf")).Ok();

        var refused = await installed.Root.ShellAsync(Owner, Mount("-o allow_other"));

        Assert.True(refused.ExitCode == 4, $"ended with {refused.ExitCode}: {refused.Errors}");
        Assert.Contains("user_allow_other", refused.Errors);
        Assert.Contains("/etc/fuse.conf", refused.Errors);
    }

    [Fact]
    public async Task In_a_container_of_an_ordinary_user_it_mounts_without_fusermount3()
    {
        // What rootless containers are made of: a user, its own mounts and processes, and /dev/fuse.
        (await installed.Root.ShellAsync(Owner, $"""
            mkdir {_name} && exec unshare --user --map-root-user --mount --pid --fork --kill-child sh -c '
                mount -t tmpfs none /usr/sbin && mount -t proc none /proc || exit 98
                mkdir /tmp/{_name} && mount --bind /tmp/{_name} /tmp/{_name} || exit 99
                mount --bind /dev/null /usr/bin/fusermount3 || exit 97
                btfs "{installed.Magnet}" {_name} || exit
                cmp {_name}/show/film.bin {installed.Film} && umount {_name}'
            """)).Ok();
    }

    [Fact]
    public async Task What_is_mounted_in_a_container_on_a_folder_shared_with_the_host_is_there_for_the_host()
    {
        // What "-v FOLDER:FOLDER:rshared" is made of.
        var folder = $"/srv/{_name}";
        (await installed.Root.ShellAsync($"mkdir {folder} && mount --bind {folder} {folder} && mount --make-rshared {folder}")).Ok();

        (await installed.Root.ShellAsync($"unshare --mount --propagation unchanged btfs '{installed.Magnet}' {folder}")).Ok();

        await installed.AssertShownAsync(folder);
        await installed.UnmountAsync(folder);
        (await installed.Root.ShellAsync($"umount {folder}")).Ok();
    }

    [Fact]
    public async Task A_line_in_fstab_with_user_lets_an_ordinary_user_mount_and_unmount()
    {
        var line = $"{installed.Torrent} {MountPoint} btfs {InstalledPackage.Peer},noauto,user 0 0";
        (await installed.Root.ShellAsync($"echo '{line}' >> /etc/fstab")).Ok();

        (await installed.Root.ShellAsync(Owner, $"""
            mkdir {_name} && mount {MountPoint} || exit
            cmp {MountPoint}/show/film.bin {installed.Film}; same=$?
            umount {MountPoint} && exit $same
            """)).Ok();
    }

    private string Mount(string words) => $"mkdir {_name} && btfs {words} '{installed.Magnet}' {_name}";

    private async Task EndAsync()
    {
        (await installed.Root.ShellAsync(Owner, $"fusermount3 -u {_name}")).Ok();
        await Eventually.TrueAsync("the program ends", BtfsMount.EndsWithin, async () => (await installed.Root.ShellAsync($"pgrep -u {Owner} btfs")).ExitCode == 1);
    }
}
