using System.Buffers.Binary;
using System.Security.Cryptography;
using BtFs.Protocol.Utp;

namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>Answers SYNs without remembering them: a flood of made-up ones costs no memory, and is answered byte for byte.</summary>
/// <remarks>
/// The sequence number that we name is a keyed hash of who asked, and when. Who sends the first data has to acknowledge it, and so has heard
/// our answer at its address; only then is there a connection. As TCP's SYN cookies (RFC 4987), in 16 bits.
/// </remarks>
/// <param name="secret">What makes the numbers; null for a secret that nobody knows.</param>
internal sealed class UtpGreeter(byte[]? secret = null)
{
    /// <summary>An answer is good for one to two of these.</summary>
    internal const long AnswerLife = 15 * UtpLimits.Second;

    private readonly byte[] _secret = secret ?? RandomNumberGenerator.GetBytes(32);

    /// <summary>Writes the answer to a SYN.</summary>
    /// <param name="reply">At least <see cref="UtpHeader.Bytes"/> long.</param>
    /// <param name="syn">The SYN's header.</param>
    /// <param name="key">Who sent it, and the number it carries.</param>
    /// <param name="now">The time.</param>
    internal void Answer(Span<byte> reply, UtpHeader syn, UtpKey key, long now)
    {
        var clock = unchecked((uint)now);
        new UtpHeader(
            UtpPacketType.State,
            syn.ConnectionId,
            clock,
            unchecked(clock - syn.Timestamp),
            UtpLimits.ReceiveWindow,
            NumberFor(key, syn.Sequence, now / AnswerLife),
            syn.Sequence).Write(reply);
    }

    /// <summary>Whether a packet of no connection is the first of one whose SYN we have answered.</summary>
    /// <param name="first">Its header.</param>
    /// <param name="key">Who sent it, and the number that its SYN must have carried.</param>
    /// <param name="now">The time.</param>
    /// <returns>Our own first sequence number; null when it is not.</returns>
    internal ushort? Recognize(UtpHeader first, UtpKey key, long now)
    {
        var number = SequenceNumber.Plus(first.Ack, 1);
        var syn = SequenceNumber.Plus(first.Sequence, -1);
        var period = now / AnswerLife;
        return first.Type == UtpPacketType.Data && (number == NumberFor(key, syn, period) || number == NumberFor(key, syn, period - 1)) ? number : null;
    }

    private ushort NumberFor(UtpKey key, ushort syn, long period)
    {
        Span<byte> source = stackalloc byte[30];
        BinaryPrimitives.WriteUInt128BigEndian(source, key.Address);
        BinaryPrimitives.WriteUInt16BigEndian(source[16..], key.Port);
        BinaryPrimitives.WriteUInt16BigEndian(source[18..], key.Id);
        BinaryPrimitives.WriteUInt16BigEndian(source[20..], syn);
        BinaryPrimitives.WriteInt64BigEndian(source[22..], period);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, source, hash);
        return BinaryPrimitives.ReadUInt16BigEndian(hash);
    }
}
