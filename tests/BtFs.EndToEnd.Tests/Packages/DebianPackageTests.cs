namespace BtFs.EndToEnd.Packages;

/// <summary>What the Debian package puts where, and that it takes all of it away again.</summary>
[Collection(InstalledPackage.Name)]
public sealed class DebianPackageTests(InstalledPackage installed)
{
    [Fact]
    public async Task The_program_its_links_and_its_manual_pages_are_found()
    {
        Assert.StartsWith("btfs version: ", (await installed.Root.ShellAsync("btfs --version")).Ok().Text);
        (await installed.Root.ShellAsync("test /usr/bin/btplay -ef /usr/bin/btfs && test /usr/bin/btfsstat -ef /usr/bin/btfs")).Ok();
        (await installed.Root.ShellAsync("test /sbin/mount.btfs -ef /usr/bin/btfs && test /sbin/mount.fuse.btfs -ef /usr/bin/btfs")).Ok();
        (await installed.Root.ShellAsync("man -w btfs btplay btfsstat && man -w 8 mount.btfs mount.fuse.btfs")).Ok();
    }

    [Fact]
    public async Task Bash_completes_it_and_the_completions_for_zsh_and_fish_are_there()
    {
        var complete = (await installed.Root.ShellAsync("bash -c '. /usr/share/bash-completion/completions/btfs && complete -p btfs'")).Ok();

        Assert.Contains("btfs", complete.Text);
        (await installed.Root.ShellAsync("grep -q btfs /usr/share/zsh/vendor-completions/_btfs /usr/share/fish/vendor_completions.d/btfs.fish")).Ok();
    }

    [Fact]
    public async Task It_depends_on_no_newer_C_library_than_the_program_asks_for_and_on_fusermount3()
    {
        var depends = (await Command.RunAsync("dpkg-deb", "-f", installed.Package, "Depends")).Ok().Text;

        Assert.Matches(@"^libc6 \(>= 2\.\d+\), ", depends);
        Assert.Contains("fuse3", depends);
        Assert.Contains("libssl3", depends);
        (await installed.Root.ShellAsync("! ldd /usr/bin/btfs | grep 'not found'")).Ok();
    }

    [Fact]
    public async Task The_desktop_opens_magnet_links_and_torrents_with_it()
    {
        (await installed.Root.ShellAsync("desktop-file-validate /usr/share/applications/btfs.desktop && update-desktop-database")).Ok();
        var handlers = (await installed.Root.ShellAsync("cat /usr/share/applications/mimeinfo.cache")).Ok().Text;

        Assert.Matches("(?m)^x-scheme-handler/magnet=.*btfs.desktop;", handlers);
        Assert.Matches("(?m)^application/x-bittorrent=.*btfs.desktop;", handlers);
        (await installed.Root.ShellAsync("appstreamcli validate --no-net /usr/share/metainfo/btfs.metainfo.xml")).Ok();
    }

    [Fact]
    public async Task What_is_inside_is_named_with_its_licence()
    {
        var notices = (await installed.Root.ShellAsync("zcat /usr/share/doc/btfs/THIRD-PARTY-NOTICES.gz")).Ok().Text;

        Assert.Matches(@"(?m)^- the \.NET runtime and class library [\d.]+: MIT", notices);
        Assert.Matches(@"(?m)^- System\.CommandLine [\d.]+: MIT", notices);
        Assert.Contains("zlib", notices);
        (await installed.Root.ShellAsync("grep -q 'Permission is hereby granted' /usr/share/doc/btfs/copyright")).Ok();
    }

    [Fact]
    public async Task The_same_program_makes_the_same_package_byte_for_byte()
    {
        var again = await Sources.RunAsync("packaging/deb/build", "--program", BtfsProgram.Path, "--out", Path.Combine(installed.Shared, "again"));

        (await Command.RunAsync("cmp", installed.Package, again)).Ok();
    }

    [Fact]
    public async Task It_takes_the_place_of_the_distributions_own_btfs_and_purged_it_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        File.Copy(installed.Package, folder.At("new.deb"));
        await using var root = await PrivateRoot.MakeAsync(folder);
        (await root.ShellAsync("! dpkg -s btfs >/dev/null 2>&1 || dpkg --no-triggers --purge btfs")).Ok();
        var before = await ListAsync(root);
        await InstallOlderAsync(root, folder);

        (await root.ShellAsync($"dpkg -i {folder.At("new.deb")}")).Ok();
        Assert.StartsWith("btfs version: ", (await root.ShellAsync("btfs --version")).Ok().Text);
        Assert.False((await root.ShellAsync("test -e /usr/share/old-btfs")).ExitCode == 0);
        (await root.ShellAsync("mkdir -p /var/cache/btfs && touch /var/cache/btfs/something")).Ok();

        (await root.ShellAsync("dpkg --purge btfs")).Ok();
        Assert.Equal(before, await ListAsync(root));
    }

    /// <summary>A package of the name, and of a version that Debian has.</summary>
    private static async Task InstallOlderAsync(PrivateRoot root, TemporaryFolder folder)
    {
        Directory.CreateDirectory(folder.At("old/DEBIAN"));
        Directory.CreateDirectory(folder.At("old/usr/share"));
        await File.WriteAllTextAsync(folder.At("old/usr/share/old-btfs"), "");
        await File.WriteAllTextAsync(
            folder.At("old/DEBIAN/control"), "Package: btfs\nVersion: 3.1-1\nArchitecture: all\nMaintainer: a <a@b.invalid>\nDescription: old\n");
        (await Command.RunAsync("dpkg-deb", "--root-owner-group", "-Znone", "--build", folder.At("old"), folder.At("old.deb"))).Ok();
        (await root.ShellAsync($"dpkg --no-triggers -i {folder.At("old.deb")} && test -e /usr/share/old-btfs")).Ok();
    }

    /// <summary>All files of the system but dpkg's own notes and the indices that are made of what is installed.</summary>
    private static async Task<string> ListAsync(PrivateRoot root) => (await root.ShellAsync("""
        find /etc /usr /var /root /home \( -path /var/lib/dpkg -o -path /var/cache/man -o -path /var/log -o -name mimeinfo.cache -o -name icon-theme.cache \) -prune -o -print | sort
        """)).Ok().Text;
}
