using System.Globalization;
using System.Net;
using System.Text;

namespace BtFs.Protocol.PortMapping;

/// <summary>What a UPnP gateway answers to a <see cref="GatewayCall"/>.</summary>
/// <param name="Error">The number of what is wrong; null where nothing is.</param>
/// <param name="ExternalAddress">The outer address, where that was asked for and given.</param>
public sealed record GatewayAnswer(int? Error, IPAddress? ExternalAddress)
{
    /// <summary>Longest answer read, in bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>That port is somebody else's (WANIPConnection 2.4.16).</summary>
    public const int Conflict = 718;

    /// <summary>The gateway maps a port only to the same port.</summary>
    public const int SamePortOnly = 724;

    /// <summary>The gateway maps ports for ever, or not at all.</summary>
    public const int ForEverOnly = 725;

    /// <summary>Reads an answer.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static GatewayAnswer Read(ReadOnlySpan<byte> document)
    {
        if (document.Length > MaxBytes)
        {
            throw new FormatException($"an answer of more than {MaxBytes} bytes");
        }

        int? error = null;
        IPAddress? address = null;
        var isEnvelope = false;
        var name = "";
        var scanner = new XmlScanner(Encoding.UTF8.GetString(document));
        while (scanner.TryRead(out var kind))
        {
            switch (kind)
            {
                case XmlKind.Start:
                    name = scanner.Value.ToString();
                    isEnvelope |= name == "Envelope";
                    break;
                case XmlKind.Text when name == "errorCode":
                    error = int.TryParse(XmlScanner.Unescape(scanner.Value), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
                    break;
                case XmlKind.Text when name == "NewExternalIPAddress":
                    address = IPAddress.TryParse(XmlScanner.Unescape(scanner.Value), out var told) ? told : null;
                    break;
                default: break;
            }

            name = kind == XmlKind.End ? "" : name;
        }

        return isEnvelope ? new GatewayAnswer(error, address) : throw new FormatException("no SOAP");
    }
}
