using System.Net;
using BtFs.Protocol.PortMapping;

namespace BtFs.Protocol.Tests.PortMapping;

/// <summary>NAT-PMP and PCP; the answers are MiniUPnPd's.</summary>
public class GatewayPacketTests
{
    private const string PcpGranted = "0281000000000e1000000002000000000000000000000000313233343536373839303132060000001ae21ae200000000000000000000ffff09090901";

    private static readonly byte[] Nonce = "123456789012"u8.ToArray();

    [Fact]
    public void NatPmp_asks_as_RFC_6886_has_it()
    {
        Assert.Equal("0000", Convert.ToHexString(NatPmp.WriteAddressRequest()));
        Assert.Equal("000200001AE11AE200000E10", Convert.ToHexString(NatPmp.WriteMapRequest(TransportProtocol.Tcp, 6881, 6882, 3600)));
        Assert.Equal("000100001AE1000000000000", Convert.ToHexString(NatPmp.WriteMapRequest(TransportProtocol.Udp, 6881, 0, 0)));
    }

    [Fact]
    public void NatPmp_answers_are_read()
    {
        Assert.True(NatPmp.TryReadAddress(Convert.FromHexString("008000000000000209090901"), out var address));
        Assert.Equal(IPAddress.Parse("9.9.9.1"), address);
        Assert.True(NatPmp.TryReadAddress(Convert.FromHexString("00800003"), out address));
        Assert.Null(address);

        Assert.True(NatPmp.TryReadMap(Convert.FromHexString("00820000000000021ae11ae200000e10"), TransportProtocol.Tcp, 6881, out var answer));
        Assert.Equal(new MapAnswer(0, 6882, TimeSpan.FromHours(1), null), answer);
        Assert.True(NatPmp.TryReadMap(Convert.FromHexString("0082000200000002"), TransportProtocol.Tcp, 6881, out answer));
        Assert.Equal(2, answer.Result);
    }

    [Fact]
    public void A_gateways_clock_is_read_where_it_tells_it()
    {
        Assert.Equal("0200000000000000" + "00000000000000000000FFFF0A090002", Convert.ToHexString(Pcp.WriteAnnounceRequest(IPAddress.Parse("10.9.0.2"))));
        Assert.True(NatPmp.TryReadEpoch(Convert.FromHexString("008000000001e24009090901"), out var seconds) && seconds == 123_456);
        Assert.True(Pcp.TryReadEpoch(Convert.FromHexString("0280000000000000" + "0001e240" + "000000000000000000000000"), out seconds) && seconds == 123_456);

        Assert.False(NatPmp.TryReadEpoch(Convert.FromHexString("00800000000000"), out _));
        Assert.False(NatPmp.TryReadEpoch(Convert.FromHexString("00820000000000021ae11ae200000e10"), out _));
        Assert.False(Pcp.TryReadEpoch(Convert.FromHexString("0280000000000000" + "0001e240" + "0000000000000000000000"), out _));
        Assert.False(Pcp.TryReadEpoch(Convert.FromHexString(PcpGranted), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("008200")]
    [InlineData("00820000000000021ae11ae200000e")]
    [InlineData("00810000000000021ae11ae200000e10")]
    [InlineData("00820000000000021ae21ae200000e10")]
    [InlineData("02820000000000021ae11ae200000e10")]
    [InlineData("00020000000000021ae11ae200000e10")]
    public void What_is_no_answer_to_what_was_asked_of_NatPmp_is_passed_over(string packet) =>
        Assert.False(NatPmp.TryReadMap(Convert.FromHexString(packet), TransportProtocol.Tcp, 6881, out _));

    [Theory]
    [InlineData("10.9.0.2", "020100000000 0E10 00000000000000000000FFFF0A090002 313233343536373839303132 06000000 1AE2 1AE3 00000000000000000000FFFF00000000")]
    [InlineData("2001:db8::2", "020100000000 0E10 20010DB8000000000000000000000002 313233343536373839303132 06000000 1AE2 1AE3 00000000000000000000000000000000")]
    public void Pcp_asks_as_RFC_6887_has_it(string local, string packet) =>
        Assert.Equal(packet.Replace(" ", ""), Convert.ToHexString(Pcp.WriteMapRequest(IPAddress.Parse(local), Nonce, TransportProtocol.Tcp, 6882, 6883, 3600)));

    [Fact]
    public void Pcp_answers_are_read()
    {
        Assert.True(Pcp.TryReadMap(Convert.FromHexString(PcpGranted), Nonce, TransportProtocol.Tcp, 6882, out var answer));
        Assert.Equal(new MapAnswer(0, 6882, TimeSpan.FromHours(1), IPAddress.Parse("9.9.9.1")), answer);

        // A gateway that knows only NAT-PMP says so in its own words.
        Assert.True(Pcp.TryReadMap(Convert.FromHexString("0081000100000002"), Nonce, TransportProtocol.Tcp, 6882, out answer));
        Assert.Equal(Pcp.UnsupportedVersion, answer.Result);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(24, 1)]
    [InlineData(35, 1)]
    [InlineData(36, 1)]
    [InlineData(41, 1)]
    public void What_is_no_answer_to_what_was_asked_of_Pcp_is_passed_over(int place, byte change)
    {
        var packet = Convert.FromHexString(PcpGranted);
        packet[place] ^= change;

        Assert.False(Pcp.TryReadMap(packet, Nonce, TransportProtocol.Tcp, 6882, out _));
        Assert.False(Pcp.TryReadMap(Convert.FromHexString(PcpGranted)[..^1], Nonce, TransportProtocol.Tcp, 6882, out _));
    }

    [Fact]
    public void A_Pcp_answer_is_read_up_to_the_limit_and_not_above()
    {
        var longest = new byte[Pcp.MaxBytes];
        Convert.FromHexString(PcpGranted).CopyTo(longest, 0);

        Assert.True(Pcp.TryReadMap(longest, Nonce, TransportProtocol.Tcp, 6882, out _));
        Assert.False(Pcp.TryReadMap([.. longest, 0], Nonce, TransportProtocol.Tcp, 6882, out _));
    }

    [Fact]
    public void Damaged_packets_are_read_or_passed_over()
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var packet = Mutation.Of(Convert.FromHexString(PcpGranted), seed);
            Pcp.TryReadMap(packet, Nonce, TransportProtocol.Tcp, 6882, out _);
            NatPmp.TryReadMap(packet, TransportProtocol.Tcp, 6882, out _);
            NatPmp.TryReadAddress(packet, out _);
            NatPmp.TryReadEpoch(packet, out _);
            Pcp.TryReadEpoch(packet, out _);
            Ssdp.ReadLocation(packet);
        }
    }
}
