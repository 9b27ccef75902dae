using System.Text;

namespace BtFs.Protocol.PortMapping;

/// <summary>A UPnP gateway's description of itself (UPnP Device Architecture 2.3): which of its services maps ports, and where it is called.</summary>
public static class GatewayDescription
{
    /// <summary>Longest description read, in bytes; real ones have some four thousand.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The services that map ports, the best first.</summary>
    public static IReadOnlyList<string> Types { get; } =
    [
        "urn:schemas-upnp-org:service:WANIPConnection:2",
        "urn:schemas-upnp-org:service:WANIPConnection:1",
        "urn:schemas-upnp-org:service:WANPPPConnection:1",
    ];

    /// <summary>Reads a description.</summary>
    /// <param name="document">What was got.</param>
    /// <param name="location">Where: http, its host an address in digits.</param>
    /// <returns>The best service; null where there is none, or it is to be called somewhere else than where it was described.</returns>
    /// <exception cref="FormatException">It is no description, or too long, or has what no description needs.</exception>
    public static GatewayService? Read(ReadOnlySpan<byte> document, Uri location)
    {
        if (document.Length > MaxBytes)
        {
            throw new FormatException($"a description of more than {MaxBytes} bytes");
        }

        GatewayService? best = null;
        var root = location;
        string type = "", control = "";
        var name = "";
        var scanner = new XmlScanner(Encoding.UTF8.GetString(document));
        while (scanner.TryRead(out var kind))
        {
            switch (kind)
            {
                case XmlKind.Start: name = scanner.Value.ToString(); break;
                case XmlKind.Text when name == "URLBase" && Uri.TryCreate(XmlScanner.Unescape(scanner.Value), UriKind.Absolute, out var given): root = given; break;
                case XmlKind.Text when name == "serviceType": type = XmlScanner.Unescape(scanner.Value); break;
                case XmlKind.Text when name == "controlURL": control = XmlScanner.Unescape(scanner.Value); break;
                case XmlKind.End when scanner.Value is "service":
                    best = Better(best, type, control, root, location);
                    type = control = "";
                    break;
                default: break;
            }

            name = kind == XmlKind.End ? "" : name;
        }

        return best;
    }

    private static GatewayService? Better(GatewayService? best, string type, string control, Uri root, Uri location)
    {
        if (Rank(type) >= (best is null ? Types.Count : Rank(best.Type)) || control.Length == 0 || !Uri.TryCreate(root, control, out var url))
        {
            return best;
        }

        // Whoever describes a gateway must not have us call somebody else.
        return url.Scheme == Uri.UriSchemeHttp && url.Host == location.Host ? new GatewayService(type, url) : best;
    }

    private static int Rank(string type)
    {
        for (var i = 0; i < Types.Count; i++)
        {
            if (Types[i] == type)
            {
                return i;
            }
        }

        return Types.Count;
    }
}
