using System.CommandLine;

namespace BtFs.Commands;

/// <summary>The options of <c>btfs seed PATH</c>.</summary>
internal static class SeedOptions
{
    public static readonly Argument<string[]> Operands = new("PATH") { Arity = ArgumentArity.ZeroOrMore };

    public static readonly Option<string> Port = new("--port");
    public static readonly Option<string[]> Trackers = new("--tracker");
    public static readonly Option<string> TorrentOut = new("--torrent-out");
    public static readonly Option<string> PeerHint = new("--peer-hint");
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
    public static readonly Option<bool> Private = new("--private");
    public static readonly Option<bool> Debug = new("--debug", "-d");
    public static readonly Option<bool> Verbose = new("--verbose");

    public static IEnumerable<Option> All => [Port, Trackers, TorrentOut, PeerHint, NoDht, DhtNodes, NoLsd, NoPortMapping, NoUtp, UtpOnly, Encryption, Proxy, Bind, IpFilter, Private, Debug, Verbose];
}
