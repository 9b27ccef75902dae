using System.Reflection;

namespace BtFs.Commands;

/// <summary>What <c>--help</c>, <c>--help-fuse</c> and <c>--version</c> print.</summary>
internal static class HelpText
{
    public static readonly string Version =
        $"btfs version: {Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)}";

    public const string Usage = """
        usage: btfs [options] SOURCE MOUNTPOINT
               btfs seed [options] PATH
               btfs cache [list | clean] [options]

        Mounts the torrent that SOURCE names on the directory MOUNTPOINT. Reading a file
        fetches just what is read. SOURCE is a .torrent file, a magnet link (in quotes),
        an http(s) URL of a .torrent, or an infohash.

        End it with: fusermount3 -u MOUNTPOINT

        options:
            --version -v -V           show version information
            --help -h                 show this message
            --help-fuse               show the words that may follow -o
            --browse-only -b          show names and sizes, refuse to read content
            --keep -k                 keep what was downloaded, until "btfs cache clean"
            --cache-persist           keep it as long as its room is not needed for others
            --data-directory=DIR      put the cache there [$XDG_CACHE_HOME/btfs or ~/.cache/btfs]
            --seed-from=PATH          take what is right from the files that another client has put
                                      there, whole or in part; they are only read
            --cache-size=SIZE         what the cache of all mounts together may take there: 200M, 20GiB, 5%,
                                      unlimited [10% of the disk, at most 20GiB]
            --cache-min-free=SIZE     what must stay free on that disk: 2G, 5% [5%]
            --cache=memory[:SIZE]     write nothing to any disk; keep SIZE in memory [64M]
            --min-port=N              first port to listen on [6881]
            --max-port=N              last port to listen on [6889]
            --max-download-rate=N     in kB/s, or with a unit: 500k, 2MiB [no limit]
            --max-upload-rate=N       likewise
            --max-peers=N             connected peers at most, 1 to 1000 [80]
            --peer=HOST:PORT          ask this peer first; may be repeated
            --no-dht                  find peers without the DHT: no packet goes to strangers for it
            --dht-node=HOST:PORT      begin there in the DHT, not at well-known hosts; may be repeated
            --no-lsd                  find peers without announces on the local network
            --no-port-mapping         ask no gateway (PCP, NAT-PMP, UPnP) to let peers call through it
            --encryption=WHAT         encrypt connections with peers that take no others ("prefer"), speak with
                                      nobody unencrypted ("require"), or encrypt nothing ("off") [prefer]
            --proxy=socks5://[USER:PASSWORD@]HOST:PORT
                                      everything through this proxy, or not at all: names are looked up
                                      by it, nobody can call us, no DHT, no UDP
            --bind=WHAT               everything from this address or by this network interface, or not at
                                      all; the system's name lookups go their own way
            --ip-filter=FILE          speak with nobody in this list: p2p, ipfilter.dat, networks; plain or gzip
            --no-utp                  talk to peers by TCP only
            --utp-only                talk to peers by uTP only
            --prefetch=WHAT           fetch ahead of all reading, when the line is free: the rest of
                                      the files read ("file"), the whole torrent ("all"), or
                                      nothing ("none") [none]
            --read-timeout=TIME       fail a read after TIME without progress and without
                                      a source: 120, 5m, forever [120]
            --metadata-timeout=TIME   give up on a magnet link after TIME [120]
            -o WORD[,WORD...]         mount options, see --help-fuse
            --foreground -f           stay in the foreground; log to the terminal
            --debug -d                like -f, and log everything
            --verbose                 log what happens, not only trouble
            --log-file=FILE           log there [the system's log; the terminal with -f]
            -s                        ignored: btfs needs no thread per reader

        exit codes: 0 mounted, or unmounted with -f; 1 usage; 2 the system lacks something;
        3 bad source; 4 cannot mount there; 5 nobody described the magnet's torrent in time
        """;

    public const string Seed = """
        usage: btfs seed [options] PATH

        Makes a torrent of a file or folder, prints its magnet link and serves it
        from where it lies, until Ctrl-C.

        options:
            --help -h                 show this message
            --port=N                  port to listen on [the first free one from 6881 on]
            --tracker=URL             announce there; may be repeated
            --torrent-out=FILE        write the .torrent there
            --peer-hint=HOST          put HOST and the port into the link, for who finds no peers
            --no-dht                  be found without the DHT
            --dht-node=HOST:PORT      begin there in the DHT, not at well-known hosts; may be repeated
            --no-lsd                  be found without announces on the local network
            --no-port-mapping         ask no gateway (PCP, NAT-PMP, UPnP) to let peers call through it
            --encryption=WHAT         prefer, require or off, as for a mount [prefer]
            --proxy=socks5://[USER:PASSWORD@]HOST:PORT
                                      everything through this proxy; nobody can call through it,
                                      so it is peers whom a tracker names that are called
            --bind=WHAT               from this address or by this network interface only
            --ip-filter=FILE          speak with nobody in this list
            --no-utp                  talk to peers by TCP only
            --utp-only                talk to peers by uTP only
            --private                 peers from the trackers only
            --debug -d                log everything
            --verbose                 log what happens, not only trouble
        """;

    public const string Cache = """
        usage: btfs cache [list] [--json]
               btfs cache clean [--all | INFOHASH]

        Shows which torrents are in the cache, and removes them from it. A torrent is there
        while it is mounted, and longer if it was mounted with --keep ("pinned") or with
        --cache-persist ("kept"). "clean" removes what is neither pinned nor in use; INFOHASH,
        or an unambiguous beginning of it, just that torrent, pinned or not.

        options:
            --help -h                 show this message
            --data-directory=DIR      where the cache is [$XDG_CACHE_HOME/btfs or ~/.cache/btfs]
            --json                    list for programs
            --all                     clean what is pinned, too
        """;

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
