using System.Buffers;

namespace BtFs.Protocol.Peer;

/// <summary>A PIECE message: the one whose body is not copied into a <see cref="PeerMessage"/>.</summary>
public static class PieceFrame
{
    /// <summary>Bytes of the body in front of the block: piece and offset.</summary>
    internal const int HeaderBytes = 2 * sizeof(int);

    /// <summary>Reads the header of a block, and shows where its bytes are.</summary>
    /// <param name="frame">A frame of id <see cref="MessageId.Piece"/>.</param>
    /// <param name="piece">The piece; 0 or more, whether the torrent has it or not.</param>
    /// <param name="begin">First byte within the piece; 0 or more, likewise unchecked.</param>
    /// <param name="block">The bytes, at most 16 KiB; borrowed from the frame.</param>
    /// <exception cref="ArgumentException">The frame is another message.</exception>
    /// <exception cref="ProtocolViolationException">The header is cut short, the block is too long, or a number is negative.</exception>
    public static void Read(PeerFrame frame, out int piece, out int begin, out ReadOnlySequence<byte> block)
    {
        if (frame.Id != (byte)MessageId.Piece)
        {
            throw new ArgumentException($"Message {frame.Id} is not a PIECE.", nameof(frame));
        }

        MessageLength.Check(frame.Id, frame.Body.Length, FrameLimits.Unknown);
        Span<byte> header = stackalloc byte[HeaderBytes];
        frame.Body.Slice(0, HeaderBytes).CopyTo(header);
        piece = WireNumber.Read(header);
        begin = WireNumber.Read(header[sizeof(int)..]);
        block = frame.Body.Slice(HeaderBytes);
    }
}
