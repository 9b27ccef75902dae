using System.Buffers.Binary;

namespace BtFs.Protocol.Encryption;

/// <summary>The encrypted part of the handshake of Message Stream Encryption, before it is encrypted.</summary>
/// <remarks>
/// <code>
/// caller:   VC (8 zeros), crypto_provide (4), length of PadC (2), PadC, length of IA (2), IA
/// answerer: VC (8 zeros), crypto_select  (4), length of PadD (2), PadD
/// </code>
/// </remarks>
public static class EncryptionMessage
{
    /// <summary>The longest pad, in bytes; pads exist so that messages have no telling length.</summary>
    public const int MaxPad = 512;

    /// <summary>Length of the verification constant, in bytes.</summary>
    public const int VerificationBytes = 8;

    /// <summary>Length of what comes before a pad, the verification constant included.</summary>
    public const int HeadBytes = VerificationBytes + MethodsBytes + LengthBytes;

    /// <summary>Length of a length.</summary>
    public const int LengthBytes = sizeof(ushort);

    private const int MethodsBytes = sizeof(uint);

    /// <summary>Writes a caller's message.</summary>
    /// <param name="offered">What may follow.</param>
    /// <param name="pad">At most <see cref="MaxPad"/> bytes.</param>
    /// <param name="payload">The first bytes of the stream, which go along (IA): at most 65,535.</param>
    public static byte[] Call(CryptoMethods offered, ReadOnlySpan<byte> pad, ReadOnlySpan<byte> payload) =>
        [.. Answer(offered, pad), (byte)(payload.Length >> 8), (byte)(payload.Length & byte.MaxValue), .. payload];

    /// <summary>Writes an answerer's message.</summary>
    /// <param name="selected">What follows.</param>
    /// <param name="pad">At most <see cref="MaxPad"/> bytes.</param>
    public static byte[] Answer(CryptoMethods selected, ReadOnlySpan<byte> pad)
    {
        var message = new byte[HeadBytes + pad.Length];
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(VerificationBytes), (uint)selected);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(VerificationBytes + MethodsBytes), (ushort)pad.Length);
        pad.CopyTo(message.AsSpan(HeadBytes));
        return message;
    }

    /// <summary>Reads what comes before a pad.</summary>
    /// <param name="head"><see cref="HeadBytes"/> bytes, decrypted.</param>
    /// <param name="methods">What is offered or selected, with bits that nobody knows left out.</param>
    /// <param name="padLength">Bytes of the pad.</param>
    /// <exception cref="ProtocolViolationException">It was not encrypted with this key, or the pad is too long.</exception>
    public static void ReadHead(ReadOnlySpan<byte> head, out CryptoMethods methods, out int padLength)
    {
        if (head[..VerificationBytes].ContainsAnyExcept((byte)0))
        {
            throw new ProtocolViolationException("The other side has another key.");
        }

        methods = (CryptoMethods)(BinaryPrimitives.ReadUInt32BigEndian(head[VerificationBytes..]) & (uint)(CryptoMethods.Plaintext | CryptoMethods.Rc4));
        padLength = BinaryPrimitives.ReadUInt16BigEndian(head[(VerificationBytes + MethodsBytes)..]);
        if (padLength > MaxPad)
        {
            throw new ProtocolViolationException($"The other side announced a pad of {padLength} bytes; the limit is {MaxPad}.");
        }
    }
}
