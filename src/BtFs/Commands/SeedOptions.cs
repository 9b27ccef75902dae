using System.CommandLine;
using static BtFs.Commands.OptionDraft;

namespace BtFs.Commands;

/// <summary>The options of <c>btfs seed PATH</c>.</summary>
internal static class SeedOptions
{
    public static readonly Argument<string[]> Operands = new("PATH") { Arity = ArgumentArity.ZeroOrMore };

    public static readonly Option<string> Port = Taking("--port", "N", "port to listen on [the first free one from 6881 on]");
    public static readonly Option<string[]> Trackers = Repeated("--tracker", "URL", "announce there; may be repeated");
    public static readonly Option<string> TorrentOut = Taking("--torrent-out", "FILE", "write the .torrent there");
    public static readonly Option<string> PeerHint = Taking("--peer-hint", "HOST", "put HOST and the port into the link, for who finds no peers");
    public static readonly Option<bool> NoDht = Flag("--no-dht", "be found without the DHT");
    public static readonly Option<string[]> DhtNodes = Repeated("--dht-node", "HOST:PORT", "begin there in the DHT, not at well-known hosts; may be repeated");
    public static readonly Option<bool> NoLsd = Flag("--no-lsd", "be found without announces on the local network");
    public static readonly Option<bool> NoPortMapping = Flag("--no-port-mapping", "ask no gateway (PCP, NAT-PMP, UPnP) to let peers call through it");
    public static readonly Option<string> Encryption = Taking("--encryption", "prefer|require|off", "as for a mount [prefer]");
    public static readonly Option<string> Proxy = Taking(
        "--proxy", "socks5://[USER:PASSWORD@]HOST:PORT", "everything through this proxy; nobody can call through it, so it is peers whom a tracker names that are called");

    public static readonly Option<string> Bind = Taking("--bind", "WHAT", "from this address or by this network interface only");
    public static readonly Option<string> IpFilter = Taking("--ip-filter", "FILE", "speak with nobody in this list");
    public static readonly Option<bool> NoUtp = Flag("--no-utp", "talk to peers by TCP only");
    public static readonly Option<bool> UtpOnly = Flag("--utp-only", "talk to peers by uTP only");
    public static readonly Option<bool> Private = Flag("--private", "peers from the trackers only");
    public static readonly Option<bool> Debug = Flag("--debug", "log everything", "-d");
    public static readonly Option<bool> Verbose = Flag("--verbose", "log what happens, not only trouble");

    public static readonly HelpPage Page = new(
        ["btfs seed [options] PATH"],
        """
        Makes a torrent of a file or folder, prints its magnet link and serves it
        from where it lies, until Ctrl-C.
        """,
        new OptionGroup(
            "options",
            Port, Trackers, TorrentOut, PeerHint, NoDht, DhtNodes, NoLsd, NoPortMapping, Encryption, Proxy, Bind, IpFilter, NoUtp, UtpOnly, Private, Debug, Verbose));
}
