using System.Text;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Tests.Peer;

namespace BtFs.Protocol.Tests.Extensions;

public sealed class MetadataMessageTests
{
    [Fact]
    public void A_request_and_a_reject_are_written_as_BEP_9_says()
    {
        Assert.Equal("d8:msg_typei0e5:piecei3ee", Encoding.ASCII.GetString(new MetadataMessage.Request(3).ToMessage(7).Payload.Span));
        Assert.Equal("d8:msg_typei2e5:piecei0ee", Encoding.ASCII.GetString(new MetadataMessage.Reject(0).ToMessage(7).Payload.Span));
        Assert.Equal(7, new MetadataMessage.Reject(0).ToMessage(7).ExtensionId);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(0, 16384)]
    [InlineData(0, 16385)]
    [InlineData(1, 16385)]
    [InlineData(2, 49152)]
    public void A_piece_is_read_back_with_its_bytes(int piece, int total)
    {
        var bytes = PeerMessages.RandomBytes(Math.Min(16384, total - (piece * 16384)), 1);

        var read = Assert.IsType<MetadataMessage.Data>(MetadataMessage.Read(new MetadataMessage.Data(piece, total, bytes).ToMessage(1).Payload));

        Assert.Equal((piece, total), (read.Piece, read.TotalBytes));
        Assert.Equal(bytes, read.Bytes.ToArray());
    }

    [Theory]
    [InlineData("d8:msg_typei0e5:piecei2047ee", 2047)]
    [InlineData("d5:extra3:abc8:msg_typei0e5:piecei0ee", 0)]
    public void A_request_is_read(string payload, int piece)
    {
        Assert.Equal(new MetadataMessage.Request(piece), MetadataMessage.Read(Encoding.ASCII.GetBytes(payload)));
    }

    [Fact]
    public void A_message_of_an_unknown_type_is_ignored()
    {
        Assert.IsType<MetadataMessage.Unknown>(MetadataMessage.Read("d8:msg_typei9e5:piecei0ee"u8.ToArray()));
    }

    [Theory]
    [InlineData("d8:msg_typei0ee")]
    [InlineData("d5:piecei0ee")]
    [InlineData("d8:msg_typei0e5:piecei-1ee")]
    [InlineData("d8:msg_typei0e5:piecei2049ee")]
    [InlineData("d8:msg_typei1e5:piecei0eeabc")]
    [InlineData("d8:msg_typei1e5:piecei0e10:total_sizei4eeabc")]
    [InlineData("d8:msg_typei1e5:piecei0e10:total_sizei2eeabc")]
    [InlineData("d8:msg_typei1e5:piecei1e10:total_sizei3eeabc")]
    [InlineData("d8:msg_typei1e5:piecei0e10:total_sizei0ee")]
    [InlineData("d8:msg_typei1e5:piecei0e10:total_sizei33554433eeabc")]
    [InlineData("le")]
    public void A_message_that_cannot_be_is_refused(string payload)
    {
        Assert.Throws<ProtocolViolationException>(() => MetadataMessage.Read(Encoding.ASCII.GetBytes(payload)));
    }

    [Fact]
    public void A_message_is_17_KiB_long_at_most()
    {
        var head = Encoding.ASCII.GetBytes("d8:msg_typei9e5:piecei0ee");

        Assert.IsType<MetadataMessage.Unknown>(MetadataMessage.Read((byte[])[.. head, .. new byte[17408 - head.Length]]));
        Assert.Throws<ProtocolViolationException>(() => MetadataMessage.Read((byte[])[.. head, .. new byte[17409 - head.Length]]));
    }

    [Fact]
    public void A_damaged_message_is_read_or_refused_and_nothing_else()
    {
        var good = new MetadataMessage.Data(0, 20, new byte[20]).ToMessage(1).Payload.ToArray();
        for (var seed = 0; seed < 50_000; seed++)
        {
            try
            {
                MetadataMessage.Read(Mutation.Of(good, seed));
            }
            catch (ProtocolViolationException)
            {
                // The one answer that a peer may get.
            }
        }
    }

    [Fact]
    public void A_dropped_piece_is_told_in_four_bytes()
    {
        Assert.Equal("00000102", Convert.ToHexStringLower(new DontHaveMessage(0x102).ToMessage(9).Payload.Span));
        Assert.Equal(new DontHaveMessage(0x102), DontHaveMessage.Read([0, 0, 1, 2]));
        Assert.Throws<ProtocolViolationException>(() => DontHaveMessage.Read([0x80, 0, 0, 0]));
        Assert.Throws<ProtocolViolationException>(() => DontHaveMessage.Read([0, 0, 0, 0, 0]));
        Assert.Throws<ProtocolViolationException>(() => DontHaveMessage.Read([]));
    }
}
