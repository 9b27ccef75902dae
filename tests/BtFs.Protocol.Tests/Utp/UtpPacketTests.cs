using BtFs.Protocol.Utp;

namespace BtFs.Protocol.Tests.Utp;

public class UtpPacketTests
{
    private static readonly UtpHeader Header = new(UtpPacketType.Data, 0x1234, 0x01020304, 0x05060708, 0x00100000, 0xfffe, 0x00ff);

    [Fact]
    public void The_header_is_laid_out_as_BEP_29_draws_it()
    {
        var bytes = new byte[UtpHeader.Bytes];
        Header.Write(bytes);
        Assert.Equal(Convert.FromHexString("0100123401020304050607080010" + "0000fffe00ff"), bytes);
        Assert.True(UtpPacket.TryRead(bytes, out var packet));
        Assert.Equal(Header, packet.Header);
        Assert.True(packet.Payload.IsEmpty);
    }

    [Theory]
    [InlineData(UtpPacketType.Data)]
    [InlineData(UtpPacketType.Fin)]
    [InlineData(UtpPacketType.State)]
    [InlineData(UtpPacketType.Reset)]
    [InlineData(UtpPacketType.Syn)]
    public void Every_type_comes_back_as_it_went(UtpPacketType type)
    {
        var bytes = new byte[UtpHeader.Bytes + 3];
        (Header with { Type = type }).Write(bytes);
        bytes[UtpHeader.Bytes] = 7;
        Assert.True(UtpPacket.TryRead(bytes, out var packet));
        Assert.Equal(type, packet.Header.Type);
        Assert.Equal([7, 0, 0], packet.Payload.ToArray());
    }

    [Fact]
    public void A_selective_ack_comes_back_as_it_went()
    {
        var bytes = new byte[100];
        var length = UtpPacket.Write(bytes, Header with { Type = UtpPacketType.State }, [1, 2, 3, 4]);
        Assert.Equal(UtpHeader.Bytes + 6, length);
        Assert.True(UtpPacket.TryRead(bytes.AsSpan(0, length), out var packet));
        Assert.Equal([1, 2, 3, 4], packet.SelectiveAck.ToArray());
        Assert.True(packet.Payload.IsEmpty);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    public void A_selective_ack_may_have_any_length(int length)
    {
        byte[] bytes = [.. WithExtension(1), 0, (byte)length, .. new byte[length]];
        Assert.True(UtpPacket.TryRead(bytes, out var packet));
        Assert.Equal(length, packet.SelectiveAck.Length);
    }

    [Fact]
    public void Unknown_extensions_are_skipped()
    {
        byte[] bytes = [.. WithExtension(2), 1, 3, 9, 9, 9, 0, 4, 8, 8, 8, 8, 42];
        Assert.True(UtpPacket.TryRead(bytes, out var packet));
        Assert.Equal([8, 8, 8, 8], packet.SelectiveAck.ToArray());
        Assert.Equal([42], packet.Payload.ToArray());
    }

    [Theory]
    [InlineData(UtpPacket.MaxExtensions, true)]
    [InlineData(UtpPacket.MaxExtensions + 1, false)]
    public void Eight_extensions_are_looked_at(int count, bool isRead)
    {
        var bytes = WithExtension(9).ToList();
        for (var i = 1; i <= count; i++)
        {
            bytes.AddRange([i == count ? (byte)0 : (byte)9, 0]);
        }

        Assert.Equal(isRead, UtpPacket.TryRead(bytes.ToArray(), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("64313a6164323a696432303a6162636465666768696a3031323334353637383921")] // KRPC
    [InlineData("0200123401020304050607080010000000010001")] // version 2
    [InlineData("5100123401020304050607080010000000010001")] // type 5
    [InlineData("01001234010203040506070800100000000100")] // one byte short
    [InlineData("0101123401020304050607080010000000010001")] // an extension that is not there
    [InlineData("0101123401020304050607080010000000010001000411223")] // shorter than it says
    public void What_is_broken_or_something_else_is_not_read(string hex)
    {
        Assert.False(UtpPacket.TryRead(Convert.FromHexString(hex[..(hex.Length & ~1)]), out _));
    }

    [Fact]
    public void Any_bytes_at_all_are_read_or_refused_and_nothing_else_happens()
    {
        var random = new Random(29);
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            if (bytes.Length > 1)
            {
                bytes[0] = (byte)((bytes[0] & 0x70) | 1);
                bytes[1] &= 3;
            }

            if (UtpPacket.TryRead(bytes, out var packet))
            {
                Assert.True(packet.SelectiveAck.Length + packet.Payload.Length <= bytes.Length - UtpHeader.Bytes);
            }
        }
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(0, 65535, 1)]
    [InlineData(65535, 0, -1)]
    [InlineData(32767, 0, 32767)]
    [InlineData(32768, 0, -32768)]
    public void Sequence_numbers_wrap_around(int number, int of, int ahead)
    {
        Assert.Equal(ahead, SequenceNumber.Ahead((ushort)number, (ushort)of));
        Assert.Equal((ushort)number, SequenceNumber.Plus((ushort)of, ahead));
    }

    private static byte[] WithExtension(byte extension)
    {
        var bytes = new byte[UtpHeader.Bytes];
        Header.Write(bytes, extension);
        return bytes;
    }
}
