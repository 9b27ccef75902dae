using System.Net;
using BtFs.Engine.Network;
using BtFs.Engine.PortMapping;

namespace BtFs.Engine.Tests.Network;

/// <summary>A laptop at home, with a connection upon its wireless address, and what may happen to it.</summary>
public class NetworkViewTests
{
    private static readonly Gateway Router = new(IPAddress.Parse("192.168.1.1"), IPAddress.Parse("192.168.1.2"));
    private static readonly Gateway RouterV6 = new(IPAddress.Parse("fe80::1"), IPAddress.Parse("2001:db8::2"));
    private static readonly NetworkView Home = View(Router, RouterV6, "192.168.1.2 wifi", "2001:db8::2 wifi", "127.0.0.1 lo");

    [Fact]
    public void What_else_there_comes_or_goes_concerns_nobody()
    {
        var busy = View(Router, RouterV6, "192.168.1.2 wifi", "2001:db8::2 wifi", "127.0.0.1 lo", "172.17.0.1 docker0", "fe80::7 veth1", "192.168.1.77 wifi");
        AssertConcerns(false, Home, busy);
        AssertConcerns(false, busy, Home);
    }

    [Fact]
    public void A_new_temporary_address_beside_the_old_one_concerns_nobody_until_the_old_one_goes()
    {
        var renewed = RouterV6 with { Local = IPAddress.Parse("2001:db8::99") };
        AssertConcerns(false, Home, View(Router, renewed, "192.168.1.2 wifi", "2001:db8::2 wifi", "2001:db8::99 wifi"));
        AssertConcerns(true, Home, View(Router, renewed, "192.168.1.2 wifi", "2001:db8::99 wifi"));
    }

    [Fact]
    public void The_loss_of_the_address_that_a_connection_stands_upon_does() =>
        AssertConcerns(true, Home, View(Router with { Local = IPAddress.Parse("192.168.1.3") }, RouterV6, "192.168.1.3 wifi", "2001:db8::2 wifi"));

    [Fact]
    public void So_does_a_cable_that_is_pulled_and_one_that_is_plugged_in_again()
    {
        var pulled = View(Router, RouterV6, "192.168.1.2 wifi down", "2001:db8::2 wifi");
        AssertConcerns(true, Home, pulled);
        AssertConcerns(true, pulled, Home);
    }

    [Fact]
    public void So_does_another_way_to_the_Internet()
    {
        string[] both = ["192.168.1.2 wifi", "192.168.1.5 cable", "2001:db8::2 wifi"];
        AssertConcerns(true, Home, View(Router with { Local = IPAddress.Parse("192.168.1.5") }, RouterV6, both));
        AssertConcerns(true, Home, View(Router with { Address = IPAddress.Parse("192.168.1.254") }, RouterV6, both));
        AssertConcerns(true, Home, View(null, RouterV6, both));
        AssertConcerns(true, View(Router, null, both), View(Router, RouterV6, both));
    }

    [Fact]
    public void Who_stands_upon_nothing_is_concerned_by_everything() => Assert.True(Home.ConcernsSince(Home, new HashSet<IPAddress>()));

    [Fact]
    public void The_network_of_this_machine_can_be_looked_at_and_concerns_nobody_by_being_looked_at()
    {
        var now = NetworkView.Now()!;
        Assert.Contains(IPAddress.Loopback, now.Addresses.Keys);
        Assert.False(NetworkView.Now()!.ConcernsSince(now, new HashSet<IPAddress> { IPAddress.Loopback }));
    }

    private static void AssertConcerns(bool expected, NetworkView before, NetworkView now) =>
        Assert.Equal(expected, now.ConcernsSince(before, new HashSet<IPAddress> { IPAddress.Parse("192.168.1.2") }));

    private static NetworkView View(Gateway? v4, Gateway? v6, params string[] addresses) => new(
        addresses.Select(text => text.Split(' ')).ToDictionary(words => IPAddress.Parse(words[0]), words => new NetworkView.Place(words[1], IsUp: words.Length == 2)), v4, v6);
}
