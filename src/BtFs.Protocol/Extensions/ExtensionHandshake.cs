using System.Buffers;
using System.Net;
using BtFs.Protocol.Peer;

namespace BtFs.Protocol.Extensions;

/// <summary>What a peer says of itself in the extension handshake (BEP 10). Every part is optional, and none is to be believed.</summary>
/// <remarks>May come more than once: see <see cref="Then"/>.</remarks>
public sealed record ExtensionHandshake
{
    /// <summary>Characters of a client's name that are kept.</summary>
    public const int MaxClientChars = 64;

    /// <summary>Bytes of the largest info dictionary that anyone is asked for.</summary>
    public const int MaxMetadataBytes = 32 * 1024 * 1024;

    /// <summary>Largest request queue believed; the largest that a known client offers (libtorrent).</summary>
    public const int MaxRequestQueue = 2_000;

    /// <summary>The ids under which the sender takes extended messages, by name. 0 withdraws one.</summary>
    public IReadOnlyDictionary<string, byte> Ids { get; init; } = new Dictionary<string, byte>();

    /// <summary>The client's name and version (<c>v</c>): one printable line of at most 64 characters.</summary>
    public string? Client { get; init; }

    /// <summary>The TCP port it listens on (<c>p</c>), 1 to 65535.</summary>
    public ushort? ListenPort { get; init; }

    /// <summary>Requests it keeps waiting at once (<c>reqq</c>), 1 to 2,000.</summary>
    public int? RequestQueue { get; init; }

    /// <summary>Bytes of the info dictionary, 1 to 32 MiB (BEP 9, <c>metadata_size</c>); a size outside counts as not told.</summary>
    public int? MetadataBytes { get; init; }

    /// <summary>It wants no pieces (BEP 21); null where it does not say.</summary>
    public bool? UploadOnly { get; init; }

    /// <summary>The address at which it sees us (<c>yourip</c>).</summary>
    public IPAddress? YourAddress { get; init; }

    /// <summary>Another address of its own (<c>ipv4</c>).</summary>
    public IPAddress? IPv4 { get; init; }

    /// <summary>Another address of its own (<c>ipv6</c>).</summary>
    public IPAddress? IPv6 { get; init; }

    /// <summary>The id to send messages of this name under; false if the peer takes none.</summary>
    public bool TryGetId(string name, out byte id) => Ids.TryGetValue(name, out id) && id != 0;

    /// <summary>What is known after a further handshake: it adds and withdraws names, and replaces what it tells.</summary>
    public ExtensionHandshake Then(ExtensionHandshake later)
    {
        var ids = new Dictionary<string, byte>(Ids);
        foreach (var (name, id) in later.Ids)
        {
            if (ids.Count < ExtensionHandshakeReader.MaxNames || ids.ContainsKey(name))
            {
                ids[name] = id;
            }
        }

        return new()
        {
            Ids = ids,
            Client = later.Client ?? Client,
            ListenPort = later.ListenPort ?? ListenPort,
            RequestQueue = later.RequestQueue ?? RequestQueue,
            MetadataBytes = later.MetadataBytes ?? MetadataBytes,
            UploadOnly = later.UploadOnly ?? UploadOnly,
            YourAddress = later.YourAddress ?? YourAddress,
            IPv4 = later.IPv4 ?? IPv4,
            IPv6 = later.IPv6 ?? IPv6,
        };
    }

    /// <summary>Reads the payload of an extended message with id 0. Keys of a wrong kind or value count as missing.</summary>
    /// <exception cref="ProtocolViolationException">Not a bencoded dictionary, or above the limits.</exception>
    public static ExtensionHandshake Read(ReadOnlyMemory<byte> payload) => ExtensionHandshakeReader.Read(payload);

    /// <summary>Writes the payload.</summary>
    public void Write(IBufferWriter<byte> writer) => ExtensionHandshakeWriter.Write(writer, this);

    /// <summary>The message to send.</summary>
    public PeerMessage.Extended ToMessage()
    {
        var payload = new ArrayBufferWriter<byte>();
        Write(payload);
        return new PeerMessage.Extended(0, payload.WrittenMemory);
    }
}
