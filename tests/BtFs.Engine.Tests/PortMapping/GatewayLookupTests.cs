using System.Net;
using BtFs.Engine.PortMapping;
using BtFs.Protocol.PortMapping;

namespace BtFs.Engine.Tests.PortMapping;

public class GatewayLookupTests
{
    private const string Head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
    private const string Nowhere = "00000000000000000000000000000000";

    [Fact]
    public void The_gateway_is_that_of_the_default_route_with_the_least_metric()
    {
        Assert.Equal(IPAddress.Parse("192.0.2.1"), GatewayLookup.ReadV4(
            Head
            + "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
            + "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
            + "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"));

        // A tunnel has no gateway, a route to half of the world is no default, and one that is down leads nowhere.
        Assert.Null(GatewayLookup.ReadV4(Head + "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n"));
        Assert.Null(GatewayLookup.ReadV4(Head + "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000080\t0\t0\t0\n"));
        Assert.Null(GatewayLookup.ReadV4(Head + "eth0\t00000000\t010200C0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n"));
        Assert.Null(GatewayLookup.ReadV4(Head));
        Assert.Null(GatewayLookup.ReadV4(""));
    }

    [Fact]
    public void A_link_local_gateway_of_IPv6_is_reached_by_its_interface()
    {
        var route = $"{Nowhere} 00 {Nowhere} 00 fe80000000000000000000000000abcd 00000400 00000003 00000000 00000003     eth7\n";

        Assert.Equal(IPAddress.Parse("fe80::abcd%7"), GatewayLookup.ReadV6(route, name => name == "eth7" ? 7 : 0));
        Assert.Equal(IPAddress.Parse("fd00::1"), GatewayLookup.ReadV6(
            $"fd000000000000000000000000000000 40 {Nowhere} 00 {Nowhere} 00000100 00000001 00000000 00000001     eth0\n"
            + $"{Nowhere} 00 {Nowhere} 00 fd000000000000000000000000000001 00000400 00000003 00000000 00000003     eth0\n",
            _ => 0));
        Assert.Null(GatewayLookup.ReadV6($"{Nowhere} 00 {Nowhere} 00 {Nowhere} ffffffff 00000001 00000000 00200200       lo\n", _ => 0));
    }

    [Fact]
    public void Strangers_are_told_of_the_gateways_port_and_neighbours_and_IPv6_of_ours()
    {
        var ports = new PublicPorts(6881, 6882);
        Assert.False(ports.SetMapped(TransportProtocol.Tcp, 6881));
        Assert.True(ports.SetMapped(TransportProtocol.Tcp, 40_000));
        Assert.True(ports.SetMapped(TransportProtocol.Udp, 40_001));

        Assert.Equal((40_000, 40_001), (ports.Tcp, ports.Udp));
        Assert.Equal((40_000, 40_001), (ports.TcpFor(IPAddress.Parse("203.0.113.1")), ports.UdpFor(IPAddress.Parse("203.0.113.1"))));
        Assert.Equal((6881, 6882), (ports.TcpFor(IPAddress.Parse("192.168.1.1")), ports.UdpFor(IPAddress.Parse("2001:db8::1"))));

        Assert.True(ports.SetMapped(TransportProtocol.Tcp, 0));
        Assert.Equal(6881, ports.Tcp);
        Assert.Equal(0, new PublicPorts(0, 0).Tcp);
    }
}
