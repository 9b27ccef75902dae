using System.Buffers;
using BtFs.Protocol.Peer;

namespace BtFs.Protocol.Tests.Peer;

public sealed class PeerMessageTests
{
    [Fact]
    public void A_request_is_written_as_BEP_3_says()
    {
        var writer = new ArrayBufferWriter<byte>();

        PeerMessageWriter.WriteRequest(writer, 1, 0x4000, 0x4000);

        Assert.Equal("0000000d06000000010000400000004000", Convert.ToHexStringLower(writer.WrittenSpan));
    }

    [Fact]
    public void A_block_is_found_behind_its_header()
    {
        var writer = new ArrayBufferWriter<byte>();
        PeerMessageWriter.WritePieceHeader(writer, 5, 0x8000, 3);
        writer.Write<byte>([1, 2, 3]);
        var buffer = new ReadOnlySequence<byte>(writer.WrittenMemory);

        Assert.True(PeerFrameReader.TryRead(ref buffer, FrameLimits.Unknown, out var frame));
        PieceFrame.Read(frame, out var piece, out var begin, out var block);

        Assert.Equal((5, 0x8000), (piece, begin));
        Assert.Equal([1, 2, 3], block.ToArray());
        Assert.Equal(0, buffer.Length);
    }

    [Fact]
    public void Reading_and_requesting_blocks_allocates_nothing()
    {
        var writer = new ArrayBufferWriter<byte>(100_000);
        PeerMessageWriter.WritePieceHeader(writer, 5, 0x8000, 16384);
        writer.Advance(16384);
        var received = new ReadOnlySequence<byte>(writer.WrittenMemory);
        var sent = new ArrayBufferWriter<byte>(100);

        // The runtime allocates on this thread while it compiles the methods: the best of many rounds shows what a block costs.
        var least = Enumerable.Range(0, 100).Min(_ => AllocatedBy(() => Exchange(received, sent)));

        Assert.Equal(0, least);
    }

    [Theory]
    [InlineData(MessageId.Have, "80000000")]
    [InlineData(MessageId.Request, "00000000ffffffff00000001")]
    [InlineData(MessageId.Cancel, "000000000000000080000000")]
    [InlineData(MessageId.RejectRequest, "ffffffff0000000000000001")]
    public void A_number_that_would_be_negative_is_refused(MessageId id, string body)
    {
        Assert.Throws<ProtocolViolationException>(() => PeerMessageReader.Read(Frame(id, Convert.FromHexString(body))));
    }

    [Fact]
    public void A_block_at_a_negative_offset_is_refused()
    {
        Assert.Throws<ProtocolViolationException>(
            () => PieceFrame.Read(Frame(MessageId.Piece, Convert.FromHexString("00000001ffffffff00")), out _, out _, out _));
    }

    [Fact]
    public void A_message_of_an_unknown_id_is_named_and_passed_over()
    {
        Assert.Equal(new PeerMessage.Unknown(99), PeerMessageReader.Read(Frame((MessageId)99, [1, 2, 3])));
    }

    [Fact]
    public void Half_a_hash_is_refused()
    {
        Assert.Throws<ProtocolViolationException>(() => PeerMessageReader.Read(Frame(MessageId.Hashes, new byte[48 + 16])));
    }

    [Fact]
    public void A_frame_without_its_body_is_refused_even_by_the_message_reader()
    {
        foreach (var id in Enum.GetValues<MessageId>().Where(id => id is not (MessageId.Piece or MessageId.Bitfield)))
        {
            if (id.Body(FrameLimits.Unknown).Shortest > 0)
            {
                Assert.Throws<ProtocolViolationException>(() => PeerMessageReader.Read(Frame(id, [])));
            }
        }
    }

    private static PeerFrame Frame(MessageId id, byte[] body) => new((byte)id, new ReadOnlySequence<byte>(body));

    private static long AllocatedBy(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Exchange(ReadOnlySequence<byte> received, ArrayBufferWriter<byte> writer)
    {
        writer.ResetWrittenCount();
        Assert.True(PeerFrameReader.TryRead(ref received, FrameLimits.Unknown, out var frame));
        PieceFrame.Read(frame, out _, out _, out _);
        PeerMessageWriter.WriteRequest(writer, 1, 2, 3);
        PeerMessageWriter.WritePieceHeader(writer, 1, 2, 3);
    }
}
