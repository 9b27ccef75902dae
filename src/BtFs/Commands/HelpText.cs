using System.Reflection;

namespace BtFs.Commands;

/// <summary>What <c>--help</c>, <c>--help-fuse</c> and <c>--version</c> print.</summary>
internal static class HelpText
{
    public static readonly string Version =
        $"btfs version: {Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)}";

    /// <summary>What fits a screen of 24 lines.</summary>
    private const string Short = """
        usage: btfs [options] SOURCE MOUNTPOINT     mounts a torrent as a folder
               btfs COMMAND [options] …             see below, and btfs COMMAND --help
        SOURCE: a .torrent, a magnet link (in quotes), a URL of a .torrent, an infohash

          -f, --foreground           stay in the foreground; Ctrl-C ends it
          -b, --browse-only          show names and sizes only
          -k, --keep                 keep what was downloaded
              --data-directory=DIR   put the cache there
              --cache-size=SIZE      room for all mounts together: 200M, 20GiB, 5%
              --prefetch=file|all    fetch more than is read when the line is free
              --max-download-rate=N  in kB/s, or with a unit: 500k, 2MiB
              --max-upload-rate=N    likewise
              --peer=HOST:PORT       ask this peer first
              --proxy=socks5://…     everything through this proxy
          -q, --quiet                say nothing but what goes wrong
          -o WORD[,WORD...]          allow_other, uid=N, umask=M, …: see --help-fuse

        commands: COMMANDS
        examples: btfs 'magnet:?xt=urn:btih:…' ~/mnt      then ls, cp, mpv what is there
                  btfs --keep film.torrent ~/mnt
                  btfs unmount ~/mnt                      ends it
        --help-all shows all options; README and "man btfs" say more.
        """;

    /// <summary><see cref="Short"/> with the names of the commands.</summary>
    public static string ShortFor(IEnumerable<string> commands)
    {
        var lines = new List<string> { "commands:" };
        foreach (var command in commands)
        {
            if (lines[^1].Length + 1 + command.Length > 80)
            {
                lines.Add("         ");
            }

            lines[^1] += " " + command;
        }

        return Short.Replace("commands: COMMANDS", string.Join('\n', lines), StringComparison.Ordinal);
    }

    public static readonly HelpPage Mount = new(
        ["btfs [mount] [options] SOURCE MOUNTPOINT"],
        """
        Mounts the torrent that SOURCE names on the directory MOUNTPOINT. Reading a
        file fetches just what is read. SOURCE is a .torrent file, a magnet link (in
        quotes), an http(s) URL of a .torrent, or an infohash.

        End it with: btfs unmount MOUNTPOINT, or fusermount3 -u MOUNTPOINT
        """,
        MountOptions.Groups)
    {
        Notes = """
            exit codes: 0 mounted, or unmounted with -f; 1 usage; 2 the system lacks
            something; 3 bad source; 4 cannot mount there; 5 nobody described the magnet's
            torrent in time; 70 a bug; 130 interrupted before it was mounted

            Each long option may also come from the environment (--cache-size=2G as
            BTFS_CACHE_SIZE=2G, a flag as BTFS_KEEP=1), or from a line "cache-size = 2G" of
            ~/.config/btfs/config or /etc/btfs.conf, in this order: the command line, the
            environment, your file, the system's. What comes first replaces the rest.
            """,
    };

    public const string MountWords = """
        words that may follow -o, between commas:
            uid=N, gid=N              show all files as owned by this user, this group [you]
            umask=M                   take these permission bits away, octal [000]
            fmask=M, dmask=M          the same of files only, of folders only
            allow_other               let other users in; ordinary users need user_allow_other
                                      in /etc/fuse.conf
            allow_root                let root in, and no other users; needs the same
            default_permissions       have the kernel check modes
            nonempty                  mount over a directory that has something in it
            noexec                    programs on the mount cannot be run
            fsname=NAME               shown as the source by mount and df [the torrent's name]
            subtype=NAME              shown as fuse.NAME [btfs]
            max_readahead=N           bytes the kernel may read ahead
            debug                     the same as -d
        Every long option is a word too, as fstab wants it: cache_size=2G,keep,max_peers=20.
        Accepted without effect: ro, rw (it is read-only all the same), nosuid, nodev, noatime
        (always on), and what fstab needs: auto, noauto, user, users, nofail, _netdev, x-*.
        """;
}
