namespace BtFs.EndToEnd.Machine;

/// <summary>The programs of the distribution that the tests run, and the package each comes from.</summary>
internal static class Programs
{
    private static readonly Dictionary<string, string> Packages = new()
    {
        ["/usr/bin/python3"] = "python3",
        ["aria2c"] = "aria2",
        ["ffmpeg"] = "ffmpeg",
        ["ffprobe"] = "ffmpeg",
        ["findmnt"] = "util-linux",
        ["fusermount3"] = "fuse3",
        ["mkfs.ext4"] = "e2fsprogs",
        ["mpv"] = "mpv",
        ["nginx"] = "nginx-light",
        ["opentracker"] = "opentracker",
        ["rsync"] = "rsync",
        ["setpriv"] = "util-linux",
        ["mkfs.ext4"] = "e2fsprogs",
        ["strace"] = "strace",
        ["transmission-daemon"] = "transmission-daemon",
        ["ip"] = "iproute2",
        ["miniupnpd"] = "miniupnpd-nftables",
        ["mandoc"] = "mandoc",
        ["mount"] = "mount",
        ["nft"] = "nftables",
        ["nsenter"] = "util-linux",
        ["umount"] = "mount",
        ["plocate"] = "plocate",
        ["updatedb"] = "plocate",
        ["unshare"] = "util-linux",
    };

    /// <summary>Where a program is; fails the test with the name of its package when it is not installed.</summary>
    public static string Find(string name)
    {
        if (name.Contains('/'))
        {
            return File.Exists(name) ? name : throw Missing(name);
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':')
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists) ?? throw Missing(name);
    }

    private static InvalidOperationException Missing(string name) =>
        new($"{name} is not installed: apt-get install {Packages.GetValueOrDefault(name, name)}");
}
