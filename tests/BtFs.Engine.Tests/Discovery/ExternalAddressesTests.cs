using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Discovery;

namespace BtFs.Engine.Tests.Discovery;

public class ExternalAddressesTests
{
    private static readonly IPAddress Ours = IPAddress.Parse("198.51.100.7");

    private readonly ExternalAddresses _external = new();

    private IPAddress? V4 => _external.Of(AddressFamily.InterNetwork);

    [Fact]
    public void Voices_of_nodes_peers_and_trackers_count_together()
    {
        for (byte i = 0; i < AddressVotes.Needed - 1; i++)
        {
            _external.Add(new IPAddress([20, i, 1, 1]), i % 2 == 0 ? Ours : Ours.MapToIPv6());
        }

        Assert.Null(V4);
        _external.Add("udp://tracker.example:80", Ours);
        Assert.Equal(Ours, V4);
        Assert.Null(_external.Of(AddressFamily.InterNetworkV6));
    }

    [Fact]
    public void One_tracker_or_one_network_has_one_voice_and_local_addresses_are_no_news()
    {
        for (byte i = 0; i < 100; i++)
        {
            _external.Add("udp://tracker.example:80", Ours);
            _external.Add(new IPAddress([20, 1, 1, i]), Ours);
            _external.Add(new IPAddress([21, i, 1, 1]), IPAddress.Parse("192.168.1.2"));
        }

        Assert.Null(V4);
    }

    [Fact]
    public void The_gateways_word_counts_until_others_have_one_unless_it_is_behind_another_gateway()
    {
        _external.SetGateway(IPAddress.Parse("100.64.0.1"));
        Assert.Null(V4);
        _external.SetGateway(IPAddress.Parse("203.0.113.1"));
        Assert.Equal(IPAddress.Parse("203.0.113.1"), V4);
        for (byte i = 0; i < AddressVotes.Needed; i++)
        {
            _external.Add(new IPAddress([20, i, 1, 1]), Ours);
        }

        Assert.Equal(Ours, V4);
        _external.SetGateway(null);
        Assert.Equal(Ours, V4);
    }
}
