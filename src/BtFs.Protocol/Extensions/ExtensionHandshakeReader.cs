using System.Net;
using System.Text;
using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Extensions;

/// <summary>Bytes to <see cref="ExtensionHandshake"/>.</summary>
internal static class ExtensionHandshakeReader
{
    /// <summary>Names kept from one peer; the busiest clients have ten.</summary>
    public const int MaxNames = 64;

    private const int MaxNameBytes = 32;
    private const int IPv4Bytes = 4;
    private const int IPv6Bytes = 16;

    public static ExtensionHandshake Read(ReadOnlyMemory<byte> payload)
    {
        var root = ExtensionBencode.ReadDictionary(payload);
        return new()
        {
            Ids = ReadIds(root),
            Client = root.TryGetBytes("v"u8, out var client) ? PrintableText.Of(client.Span, ExtensionHandshake.MaxClientChars) : null,
            ListenPort = root.TryGetInteger("p"u8, out var port) && port is > 0 and <= ushort.MaxValue ? (ushort)port : null,
            RequestQueue = root.TryGetInteger("reqq"u8, out var queue) ? (int)Math.Clamp(queue, 1, ExtensionHandshake.MaxRequestQueue) : null,
            MetadataBytes = ReadMetadataBytes(root),
            UploadOnly = root.TryGetInteger("upload_only"u8, out var uploadOnly) ? uploadOnly != 0 : null,
            YourAddress = ReadAddress(root, "yourip"u8, IPv4Bytes) ?? ReadAddress(root, "yourip"u8, IPv6Bytes),
            IPv4 = ReadAddress(root, "ipv4"u8, IPv4Bytes),
            IPv6 = ReadAddress(root, "ipv6"u8, IPv6Bytes),
        };
    }

    private static Dictionary<string, byte> ReadIds(BencodeValue root)
    {
        var ids = new Dictionary<string, byte>();
        if (!root.TryGetDictionary("m"u8, out var names))
        {
            return ids;
        }

        foreach (var entry in names.AsDictionary())
        {
            if (ids.Count < MaxNames && IsName(entry.Key.Span) && entry.Value.Kind == BencodeKind.Integer
                && entry.Value.AsInteger() is >= 0 and <= byte.MaxValue and var id)
            {
                ids[Encoding.ASCII.GetString(entry.Key.Span)] = (byte)id;
            }
        }

        return ids;
    }

    private static bool IsName(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= MaxNameBytes && !name.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e);

    private static int? ReadMetadataBytes(BencodeValue root) =>
        root.TryGetInteger("metadata_size"u8, out var size) && size is > 0 and <= ExtensionHandshake.MaxMetadataBytes ? (int)size : null;

    private static IPAddress? ReadAddress(BencodeValue root, ReadOnlySpan<byte> key, int length) =>
        root.TryGetBytes(key, out var bytes) && bytes.Length == length ? new IPAddress(bytes.Span) : null;
}
