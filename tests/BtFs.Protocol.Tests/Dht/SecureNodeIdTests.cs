using System.Net;
using BtFs.Protocol.Dht;

namespace BtFs.Protocol.Tests.Dht;

public class SecureNodeIdTests
{
    [Theory]
    [InlineData("124.31.75.21", "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401")]
    [InlineData("21.75.31.124", "5a3ce9c14e7a08645677bbd1cfe7d8f956d53256")]
    [InlineData("65.23.51.170", "a5d43220bc8f112a3d426c84764f8c2a1150e616")]
    [InlineData("84.124.73.14", "1b0321dd1bb1fe518101ceef99462b947a01ff41")]
    [InlineData("43.213.53.83", "e56f6cbf5b7c4be0237986d5243b87aa6d51305a")]
    public void The_examples_of_BEP_42_fit_their_addresses_and_no_others(string address, string id)
    {
        var node = new NodeId(Convert.FromHexString(id));

        Assert.True(SecureNodeId.Fits(node, IPAddress.Parse(address)));
        Assert.False(SecureNodeId.Fits(node, IPAddress.Parse("192.0.2.99")));
    }

    [Theory]
    [InlineData("203.0.113.7")]
    [InlineData("2001:db8:1:2::3")]
    public void An_id_made_for_an_address_fits_it_and_still_varies(string address)
    {
        var random = new Random(1);
        var ids = Enumerable.Range(0, 100).Select(_ => SecureNodeId.For(IPAddress.Parse(address), random)).ToList();

        Assert.All(ids, id => Assert.True(SecureNodeId.Fits(id, IPAddress.Parse(address))));
        Assert.Equal(100, ids.Distinct().Count());
    }

    [Fact]
    public void Whoever_chooses_an_id_freely_almost_never_fits()
    {
        var random = new Random(2);
        var address = IPAddress.Parse("203.0.113.7");

        Assert.DoesNotContain(Enumerable.Range(0, 10_000), _ => SecureNodeId.Fits(NodeId.Any(random), address));
    }
}
