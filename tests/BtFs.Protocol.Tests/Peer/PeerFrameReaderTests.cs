using System.Buffers;
using System.Buffers.Binary;
using BtFs.Protocol.Peer;

namespace BtFs.Protocol.Tests.Peer;

public sealed class PeerFrameReaderTests
{
    [Fact]
    public void A_frame_split_between_two_buffers_is_read_whole()
    {
        var bytes = PeerMessages.Write(new PeerMessage.Request(1, 2, 3));
        for (var seed = 0; seed < 50; seed++)
        {
            var messages = PeerMessages.ReadAll(SplitBuffer.Cut(bytes, seed), FrameLimits.Unknown);

            Assert.Equal([new PeerMessage.Request(1, 2, 3)], messages);
        }
    }

    [Fact]
    public void A_frame_is_not_read_before_its_last_byte_is_there()
    {
        var bytes = PeerMessages.Write(new PeerMessage.Request(1, 2, 3));
        for (var length = 0; length < bytes.Length; length++)
        {
            var buffer = new ReadOnlySequence<byte>(bytes, 0, length);

            Assert.False(PeerFrameReader.TryRead(ref buffer, FrameLimits.Unknown, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Fact]
    public void Keep_alives_are_skipped_and_consumed()
    {
        var buffer = new ReadOnlySequence<byte>(
            PeerMessages.Write(new PeerMessage.KeepAlive(), new PeerMessage.KeepAlive(), new PeerMessage.Have(7), new PeerMessage.KeepAlive()));

        Assert.True(PeerFrameReader.TryRead(ref buffer, FrameLimits.Unknown, out var frame));
        Assert.Equal(new PeerMessage.Have(7), PeerMessageReader.Read(frame));
        Assert.False(PeerFrameReader.TryRead(ref buffer, FrameLimits.Unknown, out _));
        Assert.Equal(0, buffer.Length);
    }

    [Theory]
    [InlineData(MessageId.Choke, 0)]
    [InlineData(MessageId.Unchoke, 0)]
    [InlineData(MessageId.Interested, 0)]
    [InlineData(MessageId.NotInterested, 0)]
    [InlineData(MessageId.HaveAll, 0)]
    [InlineData(MessageId.HaveNone, 0)]
    [InlineData(MessageId.Have, 4)]
    [InlineData(MessageId.SuggestPiece, 4)]
    [InlineData(MessageId.AllowedFast, 4)]
    [InlineData(MessageId.Port, 2)]
    [InlineData(MessageId.Request, 12)]
    [InlineData(MessageId.Cancel, 12)]
    [InlineData(MessageId.RejectRequest, 12)]
    [InlineData(MessageId.HashRequest, 48)]
    [InlineData(MessageId.HashReject, 48)]
    public void A_message_of_fixed_size_is_taken_at_that_size_only(MessageId id, int size)
    {
        AssertWaitedFor(id, size, FrameLimits.Unknown);
        AssertRefused(id, size + 1, FrameLimits.Unknown);
        if (size > 0)
        {
            AssertRefused(id, size - 1, FrameLimits.Unknown);
        }
    }

    [Fact]
    public void A_block_of_more_than_16_KiB_is_refused_before_it_is_waited_for()
    {
        AssertWaitedFor(MessageId.Piece, 8 + 16384, FrameLimits.Unknown);
        AssertRefused(MessageId.Piece, 8 + 16385, FrameLimits.Unknown);
        AssertRefused(MessageId.Piece, 7, FrameLimits.Unknown);
    }

    [Fact]
    public void A_bitfield_has_exactly_one_bit_for_each_piece_once_they_are_counted()
    {
        var limits = new FrameLimits { PieceCount = 17 };

        AssertWaitedFor(MessageId.Bitfield, 3, limits);
        AssertRefused(MessageId.Bitfield, 2, limits);
        AssertRefused(MessageId.Bitfield, 4, limits);
    }

    [Fact]
    public void A_bitfield_before_the_metadata_may_be_that_of_the_largest_torrent()
    {
        AssertWaitedFor(MessageId.Bitfield, FrameLimits.MaxPieces / 8, FrameLimits.Unknown);
        AssertRefused(MessageId.Bitfield, (FrameLimits.MaxPieces / 8) + 1, FrameLimits.Unknown);
    }

    [Fact]
    public void An_extended_message_is_as_long_as_the_caller_allows()
    {
        var limits = new FrameLimits { ExtendedBytes = 100 };

        AssertWaitedFor(MessageId.Extended, 100, limits);
        AssertRefused(MessageId.Extended, 101, limits);
        AssertRefused(MessageId.Extended, 0, limits);
    }

    [Fact]
    public void An_unknown_message_of_a_kilobyte_is_skipped_and_a_longer_one_refused()
    {
        AssertWaitedFor((MessageId)200, 1023, FrameLimits.Unknown);
        AssertRefused((MessageId)200, 1024, FrameLimits.Unknown);
    }

    [Fact]
    public void Hashes_may_be_512_with_their_uncles_and_no_more()
    {
        AssertWaitedFor(MessageId.Hashes, 48 + (544 * 32), FrameLimits.Unknown);
        AssertRefused(MessageId.Hashes, 48 + (544 * 32) + 1, FrameLimits.Unknown);
    }

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(0x8000_0000)]
    [InlineData(10_000_000)]
    public void A_length_that_no_message_has_is_refused_before_its_id_is_there(uint length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, length);
        var buffer = new ReadOnlySequence<byte>(bytes);

        Assert.Throws<ProtocolViolationException>(() => PeerFrameReader.TryRead(ref buffer, FrameLimits.Unknown, out _));
    }

    private static void AssertWaitedFor(MessageId id, int bodyLength, FrameLimits limits)
    {
        var head = Head(id, bodyLength);
        var partial = new ReadOnlySequence<byte>(head);
        var whole = new ReadOnlySequence<byte>([.. head, .. new byte[bodyLength]]);

        Assert.Equal(bodyLength == 0, PeerFrameReader.TryRead(ref partial, limits, out _));
        Assert.True(PeerFrameReader.TryRead(ref whole, limits, out var frame));
        Assert.Equal((byte)id, frame.Id);
        Assert.Equal(bodyLength, frame.Body.Length);
        Assert.Equal(0, whole.Length);
    }

    private static void AssertRefused(MessageId id, int bodyLength, FrameLimits limits)
    {
        var buffer = new ReadOnlySequence<byte>(Head(id, bodyLength));

        Assert.Throws<ProtocolViolationException>(() => PeerFrameReader.TryRead(ref buffer, limits, out _));
    }

    private static byte[] Head(MessageId id, int bodyLength)
    {
        var head = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(head, 1 + bodyLength);
        head[4] = (byte)id;
        return head;
    }
}
