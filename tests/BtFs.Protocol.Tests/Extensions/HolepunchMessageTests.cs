using System.Net;
using BtFs.Protocol.Extensions;

namespace BtFs.Protocol.Tests.Extensions;

public class HolepunchMessageTests
{
    [Theory]
    [InlineData(HolepunchMessageType.Rendezvous, "192.0.2.7:6881", HolepunchError.None, "0000c00002071ae100000000")]
    [InlineData(HolepunchMessageType.Connect, "[2001:db8::7]:258", HolepunchError.None, "010120010db8000000000000000000000007010200000000")]
    [InlineData(HolepunchMessageType.Error, "192.0.2.7:6881", HolepunchError.NoSupport, "0200c00002071ae100000003")]
    public void A_message_is_laid_out_as_BEP_55_has_it(HolepunchMessageType type, string address, HolepunchError error, string hex)
    {
        var message = new HolepunchMessage(type, IPEndPoint.Parse(address), error);

        var sent = message.ToMessage(9);

        Assert.Equal((9, hex), (sent.ExtensionId, Convert.ToHexStringLower(sent.Payload.Span)));
        Assert.Equal(message, HolepunchMessage.Read(sent.Payload.Span));
    }

    [Theory]
    [InlineData("0300c00002071ae100000000")] // type 3
    [InlineData("0002c00002071ae1c00002071ae1c00002071ae100000000")] // family 2
    [InlineData("0000c0000207000000000000")] // port 0
    public void What_there_is_not_is_passed_over(string hex) => Assert.Null(HolepunchMessage.Read(Convert.FromHexString(hex)));

    [Fact]
    public void The_error_may_be_left_out() => Assert.Equal(HolepunchError.None, HolepunchMessage.Read(Convert.FromHexString("0000c00002071ae1"))!.Error);

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0000c00002071a")]
    [InlineData("0001c00002071ae100000000")]
    public void What_is_cut_off_breaks_the_protocol(string hex) =>
        Assert.Throws<ProtocolViolationException>(() => HolepunchMessage.Read(Convert.FromHexString(hex)));
}
