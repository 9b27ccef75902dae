using System.Net;
using BtFs.Engine.LocalDiscovery;

namespace BtFs.Engine.Tests.LocalDiscovery;

public class LocalNetworkTests
{
    [Theory]
    [InlineData("192.168.1.2", 24, "192.168.1.255", true)]
    [InlineData("192.168.1.2", 24, "192.168.2.2", false)]
    [InlineData("10.1.2.3", 22, "10.1.3.255", true)]
    [InlineData("10.1.2.3", 22, "10.1.4.0", false)]
    [InlineData("10.1.2.3", 32, "10.1.2.3", true)]
    [InlineData("10.1.2.3", 32, "10.1.2.2", false)]
    [InlineData("2001:db8::1", 64, "2001:db8::ffff:0:0:1", true)]
    [InlineData("2001:db8::1", 64, "2001:db8:0:1::1", false)]
    [InlineData("2001:db8::1", 64, "192.168.1.2", false)]
    public void A_network_is_the_addresses_that_share_its_first_bits(string ours, int length, string theirs, bool isIn) =>
        Assert.Equal(isIn, new LocalNetwork(1, IPAddress.Parse(ours), length).Contains(IPAddress.Parse(theirs)));
}
