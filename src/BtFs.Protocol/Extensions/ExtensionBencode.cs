using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Extensions;

/// <summary>Bencoding from a peer: a fault in it is the peer's.</summary>
internal static class ExtensionBencode
{
    /// <summary>Reads a dictionary, and lets nothing follow it.</summary>
    /// <exception cref="ProtocolViolationException">It is something else, or above the limits.</exception>
    public static BencodeValue ReadDictionary(ReadOnlyMemory<byte> payload)
    {
        var root = ReadDictionary(payload, out var consumed);
        return consumed == payload.Length ? root : throw new ProtocolViolationException("Peer sent bytes behind an extended message.");
    }

    /// <summary>Reads the dictionary that <paramref name="payload"/> begins with.</summary>
    /// <exception cref="ProtocolViolationException">It is something else, or above the limits.</exception>
    public static BencodeValue ReadDictionary(ReadOnlyMemory<byte> payload, out int consumed)
    {
        try
        {
            var root = BencodeDocument.ParsePrefix(payload, BencodeLimits.Extension, out consumed).Root;
            return root.Kind == BencodeKind.Dictionary ? root : throw new ProtocolViolationException($"Peer sent {root.Kind} as an extended message.");
        }
        catch (BencodeException fault)
        {
            throw new ProtocolViolationException($"Peer sent a malformed extended message: {fault.Message}");
        }
    }
}
