using BtFs.Engine;
using BtFs.Protocol.Metainfo;

namespace BtFs.Commands;

/// <summary>What the command line says of the DHT.</summary>
internal static class DhtRequest
{
    /// <summary>The file beside the cache's folders that keeps nodes for the next start.</summary>
    private const string FileName = "dht";

    /// <summary>Where to begin: at the nodes that the user names instead of the well-known hosts, or not at all.</summary>
    /// <param name="isOff"><c>--no-dht</c>.</param>
    /// <param name="nodes">Every <c>--dht-node</c>.</param>
    /// <returns>Without a file yet; null for no DHT.</returns>
    /// <exception cref="CommandException">A node is no HOST:PORT, or there are nodes and no DHT.</exception>
    public static DhtOptions? Read(bool isOff, string[]? nodes) => (isOff, nodes ?? []) switch
    {
        (true, [var node, ..]) => throw new CommandException(ExitCode.Usage, $"--dht-node {node}", "makes no sense with --no-dht"),
        (true, []) => null,
        (false, []) => new DhtOptions(),
        (false, var named) => new DhtOptions { EntryPoints = [.. named.Select(Node)] },
    };

    /// <summary>The same, with its nodes kept beside the cache, if that is on a disk.</summary>
    public static DhtOptions? KeptIn(this DhtOptions? dht, string? cacheDirectory) =>
        dht is null || cacheDirectory is null ? dht : dht with { SavedIn = Path.Join(cacheDirectory, FileName) };

    private static PeerHint Node(string text) => PeerHint.TryParse(text, out var node)
        ? node
        : throw new CommandException(ExitCode.Usage, $"--dht-node {text}", "a node is HOST:PORT, as in 192.0.2.7:6881 or [2001:db8::7]:6881");
}
