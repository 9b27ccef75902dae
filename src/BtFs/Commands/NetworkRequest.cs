using System.CommandLine;
using System.Globalization;
using System.Net;
using BtFs.Engine;
using BtFs.Protocol.Socks;

namespace BtFs.Commands;

/// <summary>What the command line says of the way to the network.</summary>
internal static class NetworkRequest
{
    private const string Scheme = "socks5://";

    /// <summary>Reads the options; the file of <c>--ip-filter</c> is not read yet.</summary>
    /// <exception cref="CommandException">One makes no sense.</exception>
    public static NetworkOptions Read(string? proxy, string? bind) => new()
    {
        Proxy = proxy is null ? null : Proxy(proxy),
        BindTo = bind is "" ? throw new CommandException(ExitCode.Usage, "--bind", "is empty", "Name an address of this machine or an interface, as in --bind=tun0.") : bind,
    };

    /// <summary>The same, with the list of <c>--ip-filter</c>.</summary>
    /// <param name="options">What was read.</param>
    /// <param name="path">The list, absolute; null for none.</param>
    /// <exception cref="CommandException">It cannot be read, or has nothing in it that makes sense.</exception>
    public static NetworkOptions WithFilter(this NetworkOptions options, string? path)
    {
        if (path is null)
        {
            return options;
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var filter = AddressFilter.Read(file);
            return filter.Count > 0 || filter.BadLines == 0
                ? options with { Filter = filter }
                : throw new CommandException(ExitCode.Usage, $"--ip-filter={path}", $"none of its {filter.BadLines} lines is an address, a range or a network");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CommandException(ExitCode.Usage, $"--ip-filter={path}", e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : $"cannot be read ({e.Message.TrimEnd('.')})");
        }
    }

    /// <summary>What to tell of a proxy or a list at the start, each in one line.</summary>
    public static IEnumerable<string> Notes(this NetworkOptions options)
    {
        if (options.Proxy is { } proxy)
        {
            yield return $"everything goes through the proxy {proxy.Address}: nobody can call us, and there is no DHT and no UDP tracker";
        }

        if (options.Filter is { BadLines: > 0 } filter)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"--ip-filter: lines that make no sense and were passed over: {filter.BadLines}, the first is line {filter.FirstBadLine}; ranges read: {filter.Count}");
        }
    }

    private static ProxyOptions Proxy(string text)
    {
        // A password is nobody else's business, so the text is not repeated.
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw NotAProxy("it is socks5://HOST:PORT, or socks5://USER:PASSWORD@HOST:PORT");
        }

        var rest = text[Scheme.Length..].TrimEnd('/');
        var at = rest.LastIndexOf('@');
        return new ProxyOptions(Place(rest[(at + 1)..]), at < 0 ? null : Login(rest[..at]));
    }

    private static IPEndPoint Place(string text)
    {
        var address = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? $"{IPAddress.Loopback}{text["localhost".Length..]}" : text;
        return IPEndPoint.TryParse(address, out var place) && place.Port != 0 && address.EndsWith($":{place.Port}", StringComparison.Ordinal)
            ? place
            : throw NotAProxy("name the proxy by its address and port, as in socks5://127.0.0.1:1080: a name would have to be looked up outside of it");
    }

    private static ProxyLogin Login(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var login = colon < 0 ? new ProxyLogin(text, "") : new ProxyLogin(Uri.UnescapeDataString(text[..colon]), Uri.UnescapeDataString(text[(colon + 1)..]));
        return IsName(login.User) && IsName(login.Password) ? login : throw NotAProxy("a user name and a password have 1 to 255 bytes each");
    }

    private static bool IsName(string text) => System.Text.Encoding.UTF8.GetByteCount(text) is > 0 and <= Socks5.MaxNameBytes;

    private static CommandException NotAProxy(string why) => new(ExitCode.Usage, "--proxy", why);
}
