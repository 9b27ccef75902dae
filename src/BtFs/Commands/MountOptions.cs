using System.CommandLine;

namespace BtFs.Commands;

/// <summary>The options of <c>btfs SOURCE MOUNTPOINT</c>: those of johang/btfs, those of every FUSE file system, and ours.</summary>
internal static class MountOptions
{
    public static readonly Argument<string[]> Operands = new("SOURCE MOUNTPOINT") { Arity = ArgumentArity.ZeroOrMore };

    public static readonly Option<bool> BrowseOnly = new("--browse-only", "-b");
    public static readonly Option<bool> Keep = new("--keep", "-k");
    public static readonly Option<bool> CachePersist = new("--cache-persist");
    public static readonly Option<string> DataDirectory = new("--data-directory");
    public static readonly Option<string> SeedFrom = new("--seed-from");
    public static readonly Option<string> Cache = new("--cache");
    public static readonly Option<string> CacheSize = new("--cache-size");
    public static readonly Option<string> CacheMinFree = new("--cache-min-free");
    public static readonly Option<string> MinPort = new("--min-port");
    public static readonly Option<string> MaxPort = new("--max-port");
    public static readonly Option<string> MaxDownloadRate = new("--max-download-rate");
    public static readonly Option<string> MaxUploadRate = new("--max-upload-rate");
    public static readonly Option<string> MaxPeers = new("--max-peers");
    public static readonly Option<string[]> Peers = new("--peer");
    public static readonly Option<bool> NoDht = new("--no-dht");
    public static readonly Option<string[]> DhtNodes = new("--dht-node");
    public static readonly Option<bool> NoLsd = new("--no-lsd");
    public static readonly Option<bool> NoPortMapping = new("--no-port-mapping");
    public static readonly Option<string> Encryption = new("--encryption");
    public static readonly Option<string> Proxy = new("--proxy");
    public static readonly Option<string> Bind = new("--bind");
    public static readonly Option<string> IpFilter = new("--ip-filter");
    public static readonly Option<bool> NoUtp = new("--no-utp");
    public static readonly Option<bool> UtpOnly = new("--utp-only");
    public static readonly Option<string> Prefetch = new("--prefetch");
    public static readonly Option<string> ReadTimeout = new("--read-timeout");
    public static readonly Option<string> MetadataTimeout = new("--metadata-timeout");
    public static readonly Option<string[]> MountWords = new("-o");
    public static readonly Option<bool> Foreground = new("--foreground", "-f");
    public static readonly Option<bool> Debug = new("--debug", "-d");
    public static readonly Option<bool> SingleThread = new("-s");
    public static readonly Option<bool> Verbose = new("--verbose");
    public static readonly Option<string> LogFile = new("--log-file");

    public static IEnumerable<Option> All =>
    [
        BrowseOnly, Keep, CachePersist, DataDirectory, SeedFrom, Cache, CacheSize, CacheMinFree, MinPort, MaxPort, MaxDownloadRate, MaxUploadRate, MaxPeers,
        Peers, NoDht, DhtNodes, NoLsd, NoPortMapping, NoUtp, UtpOnly, Encryption, Proxy, Bind, IpFilter, Prefetch, ReadTimeout, MetadataTimeout, MountWords, Foreground, Debug, SingleThread, Verbose, LogFile,
    ];
}
