using System.Reflection;

namespace BtFs.Commands;

/// <summary>What <c>--help</c>, <c>--help-fuse</c> and <c>--version</c> print.</summary>
internal static class HelpText
{
    public static readonly string Version =
        $"btfs version: {Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)}";

    /// <summary>What fits a screen of 24 lines.</summary>
    public const string Short = """
        usage: btfs [options] SOURCE MOUNTPOINT     mounts a torrent as a folder
        SOURCE: a .torrent, a magnet link (in quotes), a URL of a .torrent, an infohash
          -f, --foreground           stay in the foreground; Ctrl-C ends it
          -b, --browse-only          names and sizes only
          -k, --keep                 keep what was downloaded
              --cache-size=SIZE      room for all mounts: 200M, 20GiB, 5%
              --data-directory=DIR   put the cache there
              --max-download-rate=N  in kB/s, or with a unit: 500k, 2MiB
              --max-upload-rate=N    likewise
              --prefetch=all         fetch all when the line is free
              --peer=HOST:PORT       ask this peer first
              --proxy=socks5://…     everything through this proxy
              --verbose              log what happens
          -o WORD[,WORD...]          allow_other, uid=N, umask=M, …: --help-fuse
        --help-all has all of them. commands: mount seed cache; "btfs COMMAND --help"
          btfs 'magnet:?xt=urn:btih:…' ~/mnt        then ls, cp, mpv what is there
          btfs film.torrent ~/mnt && mpv ~/mnt/film.mkv
          fusermount3 -u ~/mnt                      ends it
        """;

    public static readonly HelpPage Mount = new(
        ["btfs [mount] [options] SOURCE MOUNTPOINT"],
        """
        Mounts the torrent that SOURCE names on the directory MOUNTPOINT. Reading a
        file fetches just what is read. SOURCE is a .torrent file, a magnet link (in
        quotes), an http(s) URL of a .torrent, or an infohash.

        End it with: fusermount3 -u MOUNTPOINT
        """,
        MountOptions.Groups)
    {
        Notes = """
            exit codes: 0 mounted, or unmounted with -f; 1 usage; 2 the system lacks
            something; 3 bad source; 4 cannot mount there; 5 nobody described the magnet's
            torrent in time
            """,
    };

    public const string MountWords = """
        words that may follow -o, between commas:
            uid=N, gid=N              show all files as owned by this user, this group [you]
            umask=M                   take these permission bits away, octal [000]
            allow_other               let other users in; ordinary users need user_allow_other
                                      in /etc/fuse.conf
            default_permissions       have the kernel check modes
            nonempty                  mount over a directory that has something in it
            noexec                    programs on the mount cannot be run
            fsname=NAME               shown as the source by mount and df [the torrent's name]
            subtype=NAME              shown as fuse.NAME [btfs]
            max_readahead=N           bytes the kernel may read ahead
            debug                     the same as -d
        Accepted without effect: ro, nosuid, nodev, noatime (always on), and what fstab
        needs: auto, noauto, user, users, nofail, _netdev, x-*.
        """;
}
