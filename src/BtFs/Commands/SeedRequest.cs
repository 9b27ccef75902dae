using System.CommandLine;
using System.Globalization;
using BtFs.Engine;

namespace BtFs.Commands;

/// <summary>What the user asked to be seeded, and how it is to be found.</summary>
/// <param name="Path">The file or folder, absolute.</param>
/// <param name="Port">The TCP port to listen on, or null for the first free one of the usual range.</param>
/// <param name="Trackers">Where to announce it, each a tier of its own.</param>
/// <param name="TorrentOut">Where to write the .torrent, absolute; or null.</param>
/// <param name="PeerHint">The host by which others reach this one, to be put into the link; or null.</param>
/// <param name="IsPrivate">Whether peers may come from its trackers only (BEP 27).</param>
/// <param name="Dht">How to take part in the DHT; null for not at all.</param>
/// <param name="FindsLocally">Whether it is to be found on the local network.</param>
/// <param name="MapsPorts">Whether gateways are asked to lead to the port.</param>
/// <param name="Transports">By what peers are called and may call.</param>
/// <param name="Detail">How much the log says.</param>
internal sealed record SeedRequest(
    string Path,
    int? Port,
    IReadOnlyList<string> Trackers,
    string? TorrentOut,
    string? PeerHint,
    bool IsPrivate,
    DhtOptions? Dht,
    bool FindsLocally,
    bool MapsPorts,
    PeerTransports Transports,
    LogDetail Detail)
{
    /// <summary>Whether connections with peers are encrypted.</summary>
    public EncryptionPolicy Encryption { get; init; }

    /// <summary>By which way the network is reached; the list of <see cref="IpFilter"/> is not read yet.</summary>
    public NetworkOptions Network { get; init; } = new();

    /// <summary>File that lists whom not to speak with, absolute; null for none.</summary>
    public string? IpFilter { get; init; }

    /// <summary>Reads a request.</summary>
    /// <exception cref="CommandException">It makes no sense.</exception>
    public static SeedRequest Read(ParseResult line)
    {
        var request = ReadEach(line);
        if (request.Network.Proxy is not null && (request.PeerHint is not null || request.Port is not null))
        {
            var option = request.PeerHint is not null ? "--peer-hint" : "--port";
            throw new CommandException(ExitCode.Usage, option, "nobody can call through the proxy", $"Leave {option} or --proxy out.");
        }

        return request.Network.Proxy is null || request.Trackers.Any(tracker => !tracker.StartsWith("udp:", StringComparison.OrdinalIgnoreCase))
            ? request
            : throw new CommandException(ExitCode.Usage, "--proxy", "nobody is found through it without a tracker that speaks HTTP", "Name one: --tracker=URL");
    }

    private static SeedRequest ReadEach(ParseResult line) => new(
        PathOf(line.GetValue(SeedOptions.Operands) ?? []),
        line.GetValue(SeedOptions.Port) is { } port ? PortOf(port) : null,
        [.. (line.GetValue(SeedOptions.Trackers) ?? []).Select(TrackerOf)],
        line.GetValue(SeedOptions.TorrentOut) is { Length: > 0 } file ? System.IO.Path.GetFullPath(file) : null,
        line.GetValue(SeedOptions.PeerHint) is { } host ? HostOf(host) : null,
        line.GetValue(SeedOptions.Private),
        DhtRequest.Read(line.GetValue(SeedOptions.NoDht), line.GetValue(SeedOptions.DhtNodes)),
        !line.GetValue(SeedOptions.NoLsd),
        !line.GetValue(SeedOptions.NoPortMapping),
        TransportRequest.Read(line.GetValue(SeedOptions.NoUtp), line.GetValue(SeedOptions.UtpOnly)),
        line.GetValue(SeedOptions.Debug) ? LogDetail.Debug : line.GetValue(SeedOptions.Verbose) ? LogDetail.Verbose : LogDetail.Trouble)
    {
        Encryption = EncryptionRequest.Read(line.GetValue(SeedOptions.Encryption)),
        Network = NetworkRequest.Read(line.GetValue(SeedOptions.Proxy), line.GetValue(SeedOptions.Bind)),
        IpFilter = line.GetValue(SeedOptions.IpFilter) is { Length: > 0 } list ? System.IO.Path.GetFullPath(list) : null,
    };

    private static string PathOf(string[] operands) => operands switch
    {
        _ when StrayOption.In(operands) is { } stray => throw stray,
        [] or [""] => throw new CommandException(ExitCode.Usage, "PATH", "missing", "Name a file or a folder: btfs seed PATH"),
        [var path] => System.IO.Path.GetFullPath(path),
        [_, var extra, ..] => throw new CommandException(ExitCode.Usage, extra, "one operand too many", "It is btfs seed [options] PATH; quote names with spaces."),
    };

    private static int PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : throw new CommandException(ExitCode.Usage, $"--port={text}", "a port is a number from 0 to 65535");

    private static string TrackerOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" or "udp"
            ? text
            : throw new CommandException(ExitCode.Usage, $"--tracker {text}", "a tracker is an http, https or udp URL");

    private static string HostOf(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown
        ? text
        : throw new CommandException(ExitCode.Usage, $"--peer-hint {text}", "a host is a name or an address, without a port");
}
