using System.Net;
using BtFs.Protocol.Socks;

namespace BtFs.Protocol.Tests.Socks;

public class Socks5Tests
{
    [Fact]
    public void Requests_are_those_of_RFC_1928_and_1929()
    {
        Assert.Equal([5, 1, 0], Socks5.Greeting(hasLogin: false));
        Assert.Equal([5, 2, 0, 2], Socks5.Greeting(hasLogin: true));
        Assert.Equal([1, 2, (byte)'m', (byte)'e', 1, (byte)'p'], Socks5.Login("me", "p"));
        Assert.Equal([5, 1, 0, 1, 192, 0, 2, 7, 0x1a, 0xe1], Socks5.Connect(IPAddress.Parse("192.0.2.7"), 6881));
        Assert.Equal([5, 1, 0, 4, .. IPAddress.Parse("2001:db8::7").GetAddressBytes(), 0, 80], Socks5.Connect(IPAddress.Parse("2001:db8::7"), 80));
        Assert.Equal([5, 1, 0, 3, 2, (byte)'a', (byte)'b', 0, 80], Socks5.Connect("ab", 80));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    public void A_name_may_have_1_to_255_bytes(int length) => Assert.Equal(5 + length + 2, Socks5.Connect(new string('a', length), 80).Length);

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public void A_name_of_no_or_more_than_255_bytes_is_a_mistake_of_ours(int length) =>
        Assert.Throws<ArgumentException>(() => Socks5.Connect(new string('a', length), 80));

    [Fact]
    public void A_login_follows_where_the_proxy_wants_it_and_we_have_one()
    {
        Assert.False(Socks5.ReadMethod([5, 0], hasLogin: true));
        Assert.True(Socks5.ReadMethod([5, 2], hasLogin: true));
    }

    [Theory]
    [InlineData(5, 0xff, false, "wants a user name")]
    [InlineData(5, 0xff, true, "takes no user name")]
    [InlineData(5, 2, false, "was not offered")]
    [InlineData(5, 1, true, "was not offered")]
    [InlineData(4, 0, false, "does not speak SOCKS 5")]
    [InlineData('H', 'T', false, "does not speak SOCKS 5")]
    public void Any_other_answer_to_the_greeting_is_refused_with_a_reason(byte version, byte method, bool hasLogin, string reason) =>
        Assert.Contains(reason, Assert.Throws<ProtocolViolationException>(() => Socks5.ReadMethod([version, method], hasLogin)).Message);

    [Fact]
    public void A_login_that_is_not_accepted_is_told_as_that()
    {
        Socks5.ReadLogin([1, 0]);
        Assert.Contains("does not accept", Assert.Throws<ProtocolViolationException>(() => Socks5.ReadLogin([1, 1])).Message);
    }

    [Theory]
    [InlineData(1, "has failed")]
    [InlineData(2, "rules")]
    [InlineData(3, "network")]
    [InlineData(4, "host")]
    [InlineData(5, "refused")]
    [InlineData(6, "too long")]
    [InlineData(7, "makes no connections")]
    [InlineData(8, "kind of address")]
    [InlineData(99, "has failed")]
    public void Every_refusal_has_its_reason(byte code, string reason) =>
        Assert.Contains(reason, Assert.Throws<ProtocolViolationException>(() => Socks5.ReadOutcome([5, code])).Message);

    [Theory]
    [InlineData(1, 9, 5)]
    [InlineData(4, 9, 17)]
    [InlineData(3, 0, 2)]
    [InlineData(3, 255, 257)]
    public void The_head_of_a_reply_tells_how_much_follows(byte kind, byte next, int rest)
    {
        Socks5.ReadOutcome([5, 0]);
        Assert.Equal(rest, Socks5.ReadHead([0, kind, next]));
    }

    [Fact]
    public void A_reply_with_an_unknown_kind_of_address_is_refused() => Assert.Throws<ProtocolViolationException>(() => Socks5.ReadHead([0, 2, 0]));

    [Fact]
    public void An_outcome_of_another_protocol_is_refused() => Assert.Throws<ProtocolViolationException>(() => Socks5.ReadOutcome([4, 0]));
}
