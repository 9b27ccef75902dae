namespace BtFs.EndToEnd.Packages;

/// <summary>The tarball installs for everybody or for one user, works from there, and goes without a trace.</summary>
[Collection(InstalledPackage.Name)]
public sealed class TarballTests(InstalledPackage installed)
{
    private const int User = 1003;

    [Fact]
    public async Task A_user_installs_mounts_and_uninstalls_it_in_the_home()
    {
        var unpacked = await UnpackAsync();
        var before = (await installed.Root.ShellAsync(User, "find . | sort")).Ok().Text;

        var said = (await installed.Root.ShellAsync(User, $"{unpacked}/install.sh")).Ok().Text;
        Assert.Contains("/.local", said);
        (await installed.Root.ShellAsync(User, $"""
            mkdir mnt && ~/.local/bin/btfs '{installed.Magnet}' mnt || exit
            cmp mnt/show/film.bin {installed.Film}; same=$?
            fusermount3 -u mnt && rmdir mnt && exit $same
            """)).Ok();
        (await installed.Root.ShellAsync(User, "grep -q ExecStart=$HOME/.local/bin/btfs ~/.local/share/systemd/user/btfs-library.service")).Ok();
        await Eventually.TrueAsync("the program ends", BtfsMount.EndsWithin, async () => (await installed.Root.ShellAsync($"pgrep -u {User} btfs")).ExitCode == 1);

        (await installed.Root.ShellAsync(User, $"{unpacked}/install.sh --uninstall && rm -rf ~/.cache")).Ok();
        Assert.Equal(before, (await installed.Root.ShellAsync(User, "find . | sort")).Ok().Text);
    }

    [Fact]
    public async Task Root_installs_it_below_a_prefix_with_a_helper_for_mount_8_and_takes_all_of_it_away()
    {
        var unpacked = await UnpackAsync();
        var (prefix, helpers) = ("/opt/btfs", "/opt/helpers");
        var before = (await installed.Root.ShellAsync("find /opt | sort")).Ok().Text;

        (await installed.Root.ShellAsync($"{unpacked}/install.sh --prefix={prefix} --sbin={helpers} && {unpacked}/install.sh --prefix={prefix} --sbin={helpers}")).Ok();
        (await installed.Root.ShellAsync($"test {helpers}/mount.btfs -ef {prefix}/bin/btfs && {prefix}/bin/btfs --version")).Ok();
        (await installed.Root.ShellAsync($"man -M {prefix}/share/man -w btfs btplay && man -M {prefix}/share/man -w 8 mount.fuse.btfs")).Ok();
        (await installed.Root.ShellAsync($"grep -q 'ExecStart={prefix}/bin/btfs ' {prefix}/lib/systemd/system/btfs@.service")).Ok();

        (await installed.Root.ShellAsync($"{unpacked}/install.sh --prefix={prefix} --uninstall")).Ok();
        Assert.Equal(before, (await installed.Root.ShellAsync("find /opt | sort")).Ok().Text);
    }

    [Theory]
    [InlineData("--prefix=relative", "absolute")]
    [InlineData("--nonsense", "unknown option")]
    [InlineData("--uninstall --prefix=/nowhere", "nothing was installed below /nowhere")]
    public async Task What_install_sh_cannot_do_it_says_and_changes_nothing(string words, string said)
    {
        var refused = await installed.Root.ShellAsync($"{await UnpackAsync()}/install.sh {words}");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(said, refused.Errors);
        Assert.False((await installed.Root.ShellAsync("test -e /nowhere || test -e /relative")).ExitCode == 0);
    }

    /// <summary>The folder that the tarball holds; made once.</summary>
    private async Task<string> UnpackAsync()
    {
        var folder = Path.Combine(installed.Shared, "tarball");
        if (!Directory.Exists(folder))
        {
            var tarball = await Sources.RunAsync("packaging/tarball/build", "--program", BtfsProgram.Path, "--out", folder);
            (await Command.RunAsync("tar", "-C", folder, "-xf", tarball)).Ok();
        }

        return Assert.Single(Directory.GetDirectories(folder, "btfs-*"));
    }
}
