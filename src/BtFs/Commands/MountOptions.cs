using System.CommandLine;
using static BtFs.Commands.OptionDraft;

namespace BtFs.Commands;

/// <summary>The options of <c>btfs SOURCE MOUNTPOINT</c>: those of johang/btfs, those of every FUSE file system, and ours.</summary>
internal static class MountOptions
{
    public static readonly Argument<string[]> Operands = new("SOURCE MOUNTPOINT") { Arity = ArgumentArity.ZeroOrMore };

    public static readonly Option<bool> BrowseOnly = Flag("--browse-only", "show names and sizes, refuse to read content", "-b");
    public static readonly Option<string[]> AllowedPrograms = Repeated(
        "--allow-process", "NAME", "this program reads as it likes, though it is known as a scanner; may be repeated");
    public static readonly Option<string[]> DeniedPrograms = Repeated(
        "--deny-process", "NAME", "this program may read no file; may be repeated");
    public static readonly Option<string> Prefetch = Taking(
        "--prefetch", "none|file|all", "fetch ahead of all reading, when the line is free: nothing, the rest of the files read, the whole torrent [none]");
    public static readonly Option<string> ReadTimeout = Taking(
        "--read-timeout", "TIME", "fail a read after TIME without progress and without a source: 120, 5m, forever [120]");
    public static readonly Option<string> MetadataTimeout = Taking("--metadata-timeout", "TIME", "give up on a magnet link after TIME [120]");

    public static readonly Option<bool> Keep = Flag("--keep", "keep what was downloaded, until \"btfs cache clean\"", "-k");
    public static readonly Option<bool> CachePersist = Flag("--cache-persist", "keep it as long as its room is not needed for others");
    public static readonly Option<string> DataDirectory = Taking("--data-directory", "DIR", "put the cache there [$XDG_CACHE_HOME/btfs or ~/.cache/btfs]");
    public static readonly Option<string> SeedFrom = Taking(
        "--seed-from", "PATH", "take what is right from the files that another client has put there, whole or in part; they are only read");
    public static readonly Option<string> CacheSize = Taking(
        "--cache-size", "SIZE", "what the cache of all mounts together may take there: 200M, 20GiB, 5%, unlimited [10% of the disk, at most 20GiB]");
    public static readonly Option<string> CacheMinFree = Taking("--cache-min-free", "SIZE", "what must stay free on that disk: 2G, 5% [5%]");
    public static readonly Option<string> Cache = Taking("--cache", "disk|memory[:SIZE]", "\"memory\": write nothing to any disk; keep SIZE in memory [64M]");

    public static readonly Option<string> Library = Taking(
        "--library", "DIR", "mount a library of many torrents, whose list is kept there [$XDG_STATE_HOME/btfs/library, by mount point]");
    public static readonly Option<string[]> Watch = Repeated("--watch", "DIR", "take every .torrent that is or comes there into the library; may be repeated");

    public static readonly Option<string> MinPort = Taking("--min-port", "N", "first port to listen on [6881]");
    public static readonly Option<string> MaxPort = Taking("--max-port", "N", "last port to listen on [6889]");
    public static readonly Option<string> MaxDownloadRate = Taking("--max-download-rate", "N", "in kB/s, or with a unit: 500k, 2MiB [no limit]");
    public static readonly Option<string> MaxUploadRate = Taking("--max-upload-rate", "N", "likewise");
    public static readonly Option<string> MaxPeers = Taking("--max-peers", "N", "connected peers at most, 1 to 1000 [80]");
    public static readonly Option<string> MaxConnections = Taking("--max-connections", "N", "connected peers of all torrents together, 1 to 4000 [400]");
    public static readonly Option<string[]> Peers = Repeated("--peer", "HOST:PORT", "ask this peer first; may be repeated");
    public static readonly Option<bool> NoDht = Flag("--no-dht", "find peers without the DHT: no packet goes to strangers for it");
    public static readonly Option<string[]> DhtNodes = Repeated("--dht-node", "HOST:PORT", "begin there in the DHT, not at well-known hosts; may be repeated");
    public static readonly Option<bool> NoLsd = Flag("--no-lsd", "find peers without announces on the local network");
    public static readonly Option<bool> NoPortMapping = Flag("--no-port-mapping", "ask no gateway (PCP, NAT-PMP, UPnP) to let peers call through it");
    public static readonly Option<string> Encryption = Taking(
        "--encryption", "prefer|require|off", "encrypt connections with peers that take no others, speak with nobody unencrypted, or encrypt nothing [prefer]");
    public static readonly Option<bool> NoUtp = Flag("--no-utp", "talk to peers by TCP only");
    public static readonly Option<bool> UtpOnly = Flag("--utp-only", "talk to peers by uTP only");
    public static readonly Option<string> Proxy = Taking(
        "--proxy",
        "socks5://[USER:PASSWORD@]HOST:PORT",
        "everything through this proxy, or not at all: names are looked up by it, nobody can call us, no DHT, no UDP");
    public static readonly Option<string> Bind = Taking(
        "--bind", "WHAT", "everything from this address or by this network interface, or not at all; the system's name lookups go their own way");
    public static readonly Option<string> IpFilter = Taking(
        "--ip-filter", "FILE", "speak with nobody in this list: p2p, ipfilter.dat, networks; plain or gzip");

    public static readonly Option<string[]> MountWords = new("--options", "-o")
    {
        HelpName = "WORD[,WORD...]",
        Description = "mount options, see --help-fuse; every long option of btfs is one, too",
    };

    public static readonly Option<bool> Foreground = Flag("--foreground", "stay in the foreground; log to the terminal", "-f");
    public static readonly Option<bool> Debug = Flag("--debug", "like -f, and log everything", "-d");
    public static readonly Option<bool> Verbose = Flag("--verbose", "log what happens, not only trouble");
    public static readonly Option<bool> Quiet = new("--quiet", "-q", "--silent") { Description = "say nothing but what goes wrong" };
    public static readonly Option<string> Wait = Taking(
        "--wait", "ready|none", "return when the mount can be used, or as soon as that is under way: then only the log says how it went [ready]");
    public static readonly Option<bool> NoConfig = Flag("--no-config", "read neither ~/.config/btfs/config nor /etc/btfs.conf");
    public static readonly Option<string> LogFile = Taking("--log-file", "FILE", "log there [the system's log; the terminal with -f]");
    /// <summary>For mount(8), which calls it <c>-f</c>: checks all that can be checked, and mounts nothing.</summary>
    public static readonly Option<bool> Fake = new("--fake") { Hidden = true, Description = "check, but mount nothing" };

    public static readonly Option<bool> SingleThread = Flag("-s", "ignored: btfs needs no thread per reader");

    /// <summary>How peers are found and spoken with: what every command takes that asks the swarm.</summary>
    public static readonly OptionGroup Network = new(
        "network",
        MinPort, MaxPort, MaxDownloadRate, MaxUploadRate, MaxPeers, MaxConnections, Peers, NoDht, DhtNodes, NoLsd, NoPortMapping, Encryption, NoUtp, UtpOnly, Proxy, Bind, IpFilter);

    public static readonly IReadOnlyList<OptionGroup> Groups =
    [
        new("reading", BrowseOnly, Prefetch, ReadTimeout, MetadataTimeout, AllowedPrograms, DeniedPrograms),
        new("cache", Keep, CachePersist, DataDirectory, SeedFrom, CacheSize, CacheMinFree, Cache),
        new("many torrents", Library, Watch),
        Network,
        new("running", MountWords, Foreground, Wait, Debug, Verbose, Quiet, LogFile, NoConfig, SingleThread),
    ];

    public static IEnumerable<Option> All => Groups.SelectMany(group => group.Options);

}
