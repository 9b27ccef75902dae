using System.Buffers;
using System.Buffers.Binary;

namespace BtFs.Protocol.Peer;

/// <summary>Cuts a byte stream into <see cref="PeerFrame"/>s. Pure: no socket, no clock, no state.</summary>
public static class PeerFrameReader
{
    private const int LengthPrefix = sizeof(uint);

    /// <summary>Takes the next frame off the front of <paramref name="buffer"/>, skipping keep-alives.</summary>
    /// <param name="buffer">Received bytes; advanced past whatever was consumed.</param>
    /// <param name="limits">How long messages may be. Checked as soon as length and id are there, before the body is waited for.</param>
    /// <param name="frame">The frame, valid until <paramref name="buffer"/> is released. Its body has a length that its id allows.</param>
    /// <returns><see langword="false"/> if more bytes are needed first.</returns>
    /// <exception cref="ProtocolViolationException">The peer announced a message of a length that its id, or any id, cannot have.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, FrameLimits limits, out PeerFrame frame)
    {
        frame = default;
        Span<byte> head = stackalloc byte[LengthPrefix + 1];
        while (TryPeek(buffer, head[..LengthPrefix]))
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (length == 0)
            {
                buffer = buffer.Slice(LengthPrefix);
                continue;
            }

            if (length > limits.LongestMessage)
            {
                throw new ProtocolViolationException($"Peer announced a message of {length} bytes; the limit is {limits.LongestMessage}.");
            }

            if (!TryPeek(buffer, head))
            {
                return false;
            }

            var id = head[LengthPrefix];
            MessageLength.Check(id, length - 1, limits);
            if (buffer.Length < LengthPrefix + length)
            {
                return false;
            }

            var body = buffer.Slice(head.Length, length - 1);
            buffer = buffer.Slice(body.End);
            frame = new PeerFrame(id, body);
            return true;
        }

        return false;
    }

    private static bool TryPeek(in ReadOnlySequence<byte> buffer, Span<byte> bytes)
    {
        if (buffer.FirstSpan.Length >= bytes.Length)
        {
            buffer.FirstSpan[..bytes.Length].CopyTo(bytes);
            return true;
        }

        if (buffer.Length < bytes.Length)
        {
            return false;
        }

        buffer.Slice(0, bytes.Length).CopyTo(bytes);
        return true;
    }
}
