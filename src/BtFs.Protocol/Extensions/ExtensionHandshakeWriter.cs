using System.Buffers;
using System.Net;
using System.Text;
using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Extensions;

/// <summary><see cref="ExtensionHandshake"/> to bytes.</summary>
internal static class ExtensionHandshakeWriter
{
    // Keys in the order that bencoding wants.
    public static void Write(IBufferWriter<byte> output, ExtensionHandshake handshake)
    {
        var writer = new BencodeWriter(output);
        writer.WriteStartDictionary();
        WriteAddress(writer, "ipv4"u8, handshake.IPv4);
        WriteAddress(writer, "ipv6"u8, handshake.IPv6);
        WriteIds(writer, handshake.Ids);
        WriteNumber(writer, "metadata_size"u8, handshake.MetadataBytes);
        WriteNumber(writer, "p"u8, handshake.ListenPort);
        WriteNumber(writer, "reqq"u8, handshake.RequestQueue);
        WriteNumber(writer, "upload_only"u8, handshake.UploadOnly is { } uploadOnly ? (uploadOnly ? 1 : 0) : null);
        if (handshake.Client is { } client)
        {
            writer.WriteKey("v"u8);
            writer.WriteString(client);
        }

        WriteAddress(writer, "yourip"u8, handshake.YourAddress);
        writer.WriteEnd();
    }

    private static void WriteIds(BencodeWriter writer, IReadOnlyDictionary<string, byte> ids)
    {
        writer.WriteKey("m"u8);
        writer.WriteStartDictionary();
        foreach (var (name, id) in ids.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.WriteKey(Encoding.ASCII.GetBytes(name));
            writer.WriteInteger(id);
        }

        writer.WriteEnd();
    }

    private static void WriteNumber(BencodeWriter writer, ReadOnlySpan<byte> key, long? number)
    {
        if (number is { } value)
        {
            writer.WriteKey(key);
            writer.WriteInteger(value);
        }
    }

    private static void WriteAddress(BencodeWriter writer, ReadOnlySpan<byte> key, IPAddress? address)
    {
        if (address is not null)
        {
            writer.WriteKey(key);
            writer.WriteString(address.GetAddressBytes());
        }
    }
}
