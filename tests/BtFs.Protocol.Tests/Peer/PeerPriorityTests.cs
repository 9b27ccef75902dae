using System.Net;
using BtFs.Protocol.Peer;

namespace BtFs.Protocol.Tests.Peer;

public class PeerPriorityTests
{
    [Theory]
    [InlineData("123.213.32.10:1", "98.76.54.32:2", 0xec2d7224)]
    [InlineData("123.213.32.10:1", "123.213.32.234:2", 0x99568189)]
    public void The_examples_of_BEP_40_come_out_whoever_asks(string one, string other, uint priority)
    {
        Assert.Equal(priority, PeerPriority.Of(IPEndPoint.Parse(one), IPEndPoint.Parse(other)));
        Assert.Equal(priority, PeerPriority.Of(IPEndPoint.Parse(other), IPEndPoint.Parse(one)));
    }

    [Theory]
    // Every second bit of the last two bytes counts, more of them within a /16, all within a /24.
    [InlineData("1.2.3.4:1", "5.6.7.8:1", "5.6.7.10:1", true)]
    [InlineData("1.2.3.4:1", "5.6.7.8:1", "5.6.7.9:1", false)]
    [InlineData("1.2.3.4:1", "1.2.7.8:1", "1.2.5.8:1", false)]
    [InlineData("1.2.3.4:1", "1.2.3.8:1", "1.2.3.10:1", false)]
    [InlineData("[2001:db8:1::1]:1", "[2001:db8:2::1]:1", "[2001:db8:2:2::1]:1", true)]
    [InlineData("[2001:db8:1::1]:1", "[2001:db8:1:100::1]:1", "[2001:db8:1:300::1]:1", false)]
    // The same address: the ports count, and nothing else does then.
    [InlineData("1.2.3.4:1", "1.2.3.4:2", "1.2.3.4:3", false)]
    [InlineData("1.2.3.4:1", "5.6.7.8:2", "5.6.7.8:3", true)]
    public void Peers_of_one_network_have_few_priorities_towards_strangers_and_many_towards_each_other(string ours, string one, string other, bool areEqual) =>
        Assert.Equal(areEqual, PeerPriority.Of(IPEndPoint.Parse(ours), IPEndPoint.Parse(one)) == PeerPriority.Of(IPEndPoint.Parse(ours), IPEndPoint.Parse(other)));

    [Fact]
    public void Addresses_of_two_families_have_no_priority() =>
        Assert.Throws<ArgumentException>(() => PeerPriority.Of(IPEndPoint.Parse("1.2.3.4:1"), IPEndPoint.Parse("[2001:db8::1]:1")));
}
