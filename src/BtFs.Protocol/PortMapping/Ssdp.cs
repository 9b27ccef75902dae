using System.Text;

namespace BtFs.Protocol.PortMapping;

/// <summary>The search for a UPnP gateway on the local network (UPnP Device Architecture 1.3).</summary>
public static class Ssdp
{
    /// <summary>The group that is asked.</summary>
    public const string Group = "239.255.255.250";

    /// <summary>Its UDP port.</summary>
    public const int Port = 1900;

    /// <summary>Longest answer read.</summary>
    public const int MaxBytes = 2_048;

    private const int MaxLocationChars = 512;

    /// <summary>The questions: for gateways of both versions.</summary>
    public static IReadOnlyList<byte[]> Searches { get; } =
        [Search("urn:schemas-upnp-org:device:InternetGatewayDevice:1"), Search("urn:schemas-upnp-org:device:InternetGatewayDevice:2")];

    /// <summary>Where a device that answers describes itself.</summary>
    /// <returns>Null if it is no answer, or leads elsewhere than http.</returns>
    public static Uri? ReadLocation(ReadOnlySpan<byte> packet)
    {
        if (packet.Length > MaxBytes || !packet.StartsWith("HTTP/1.1 200"u8))
        {
            return null;
        }

        foreach (var line in Encoding.Latin1.GetString(packet).Split('\n'))
        {
            if (line.StartsWith("location:", StringComparison.OrdinalIgnoreCase))
            {
                var text = line["location:".Length..].Trim();
                return text.Length <= MaxLocationChars && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp ? url : null;
            }
        }

        return null;
    }

    private static byte[] Search(string target) =>
        Encoding.ASCII.GetBytes($"M-SEARCH * HTTP/1.1\r\nHOST: {Group}:{Port}\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: {target}\r\n\r\n");
}
