using System.Buffers;
using System.Net;
using BtFs.Protocol.Bencode;
using BtFs.Protocol.Dht;
using BtFs.Protocol.Peer;

namespace BtFs.Protocol.Extensions;

/// <summary>Whom a peer is newly connected to, and whom no longer (ut_pex, BEP 11). Any of it may be made up.</summary>
/// <param name="Added">At most 50 are read, IPv4 first.</param>
/// <param name="Dropped">At most 50 are read, IPv4 first.</param>
public sealed record PeerExchangeMessage(IReadOnlyList<ExchangedPeer> Added, IReadOnlyList<IPEndPoint> Dropped)
{
    /// <summary>Peers that a message may add, and as many that it may drop.</summary>
    public const int MaxPeers = 50;

    /// <summary>Longest payload that is read, bytes: a hundred IPv6 peers take 2,000.</summary>
    public const int MaxBytes = 8 * 1024;

    /// <summary>Reads the payload of an extended message. A peer with port 0, or of a wrong length, is passed over.</summary>
    /// <exception cref="ProtocolViolationException">Not a bencoded dictionary, or above the limits.</exception>
    public static PeerExchangeMessage Read(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > MaxBytes)
        {
            throw new ProtocolViolationException($"Peer sent {payload.Length} bytes of other peers.");
        }

        var root = ExtensionBencode.ReadDictionary(payload);
        var added = new List<ExchangedPeer>();
        ReadPeers(root, "added"u8, "added.f"u8, CompactAddress.IPv4Bytes, added);
        ReadPeers(root, "added6"u8, "added6.f"u8, CompactAddress.IPv6Bytes, added);
        var dropped = new List<ExchangedPeer>();
        ReadPeers(root, "dropped"u8, default, CompactAddress.IPv4Bytes, dropped);
        ReadPeers(root, "dropped6"u8, default, CompactAddress.IPv6Bytes, dropped);
        return new PeerExchangeMessage(added, [.. dropped.Select(peer => peer.Address)]);
    }

    /// <summary>The message to send to a peer that takes ut_pex under <paramref name="extensionId"/>.</summary>
    public PeerMessage.Extended ToMessage(byte extensionId)
    {
        var payload = new ArrayBufferWriter<byte>();
        var writer = new BencodeWriter(payload);
        var (added, added6) = Split(Added, peer => peer.Address);
        var (dropped, dropped6) = Split(Dropped, address => address);
        writer.WriteStartDictionary();
        WriteAdded(writer, "added"u8, "added.f"u8, added);
        WriteAdded(writer, "added6"u8, "added6.f"u8, added6);
        WriteAddresses(writer, "dropped"u8, dropped);
        WriteAddresses(writer, "dropped6"u8, dropped6);
        writer.WriteEnd();
        return new PeerMessage.Extended(extensionId, payload.WrittenMemory);
    }

    private static void ReadPeers(BencodeValue root, ReadOnlySpan<byte> key, ReadOnlySpan<byte> flagsKey, int stride, List<ExchangedPeer> peers)
    {
        if (!root.TryGetBytes(key, out var bytes))
        {
            return;
        }

        root.TryGetBytes(flagsKey, out var flags);
        for (var i = 0; (i + 1) * stride <= bytes.Length && peers.Count < MaxPeers; i++)
        {
            if (CompactAddress.Read(bytes.Span.Slice(i * stride, stride)) is { } address)
            {
                peers.Add(new ExchangedPeer(address, i < flags.Length ? (ExchangedPeerFlags)flags.Span[i] : ExchangedPeerFlags.None));
            }
        }
    }

    private static (List<T> IPv4, List<T> IPv6) Split<T>(IReadOnlyList<T> peers, Func<T, IPEndPoint> addressOf) =>
        ([.. peers.Where(peer => !IsIPv6(addressOf(peer)))], [.. peers.Where(peer => IsIPv6(addressOf(peer)))]);

    private static bool IsIPv6(IPEndPoint address) => CompactAddress.FamilyOf(address.Address) == DhtFamilies.IPv6;

    private static void WriteAdded(BencodeWriter writer, ReadOnlySpan<byte> key, ReadOnlySpan<byte> flagsKey, List<ExchangedPeer> peers)
    {
        WriteAddresses(writer, key, peers.ConvertAll(peer => peer.Address));
        writer.WriteKey(flagsKey);
        writer.WriteString(peers.Select(peer => (byte)peer.Flags).ToArray());
    }

    private static void WriteAddresses(BencodeWriter writer, ReadOnlySpan<byte> key, List<IPEndPoint> addresses)
    {
        writer.WriteKey(key);
        writer.WriteString(addresses.SelectMany(CompactAddress.ToBytes).ToArray());
    }
}
