using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Tests.Peers;

/// <summary>The order of BEP 40, where nothing better is known.</summary>
public class CanonicalOrderTests
{
    private static readonly IPAddress Ours = IPAddress.Parse("198.51.100.7");
    private static readonly IPEndPoint[] Addresses = [.. Enumerable.Range(1, 50).Select(i => new IPEndPoint(new IPAddress([20, (byte)i, 7, (byte)i]), 6881))];

    private readonly ExternalAddresses _external = new();
    private readonly CanonicalOrder _order;
    private readonly PeerBook _book;

    public CanonicalOrderTests()
    {
        _order = new CanonicalOrder(_external, () => 6881);
        _book = new PeerBook(_order);
        foreach (var address in Addresses)
        {
            _book.Add(address, isNamed: false);
        }
    }

    [Fact]
    public void Unknown_addresses_are_dialed_by_priority_as_soon_as_our_own_is_known()
    {
        Assert.Equal(Addresses, Due());

        _external.SetGateway(Ours);
        Assert.Equal(Addresses.OrderByDescending(PriorityOf), Due());

        // Our address changes, and the order with it.
        _external.SetGateway(IPAddress.Parse("203.0.113.9"));
        Assert.NotEqual(Addresses.OrderByDescending(PriorityOf), Due());
    }

    [Fact]
    public void What_was_seen_of_a_peer_counts_before_its_priority()
    {
        _external.SetGateway(Ours);
        var last = Addresses.MinBy(PriorityOf)!;
        var failed = Addresses.MaxBy(PriorityOf)!;
        _book.Dialed(last, TimeSpan.Zero);
        _book.Connected(last, TimeSpan.Zero);
        _book.Left(last, wasUseful: true, quickness: 0.1, TimeSpan.FromMinutes(1));
        _book.Dialed(failed, TimeSpan.Zero);
        _book.DialFailed(failed, TimeSpan.Zero);

        var due = Due();
        Assert.Equal(last, due[0]);
        Assert.Equal(failed, due[^1]);
    }

    [Fact]
    public void Local_addresses_have_no_priority()
    {
        _external.SetGateway(Ours);

        Assert.Equal(0U, _order.Of(new IPEndPoint(IPAddress.Parse("192.168.1.7"), 6881)));
        Assert.NotEqual(0U, _order.Of(Addresses[0]));
        Assert.Equal(0U, _order.Of(new IPEndPoint(IPAddress.Parse("2001:db8::1"), 6881)));
    }

    [Fact]
    public void Of_those_who_are_of_no_use_the_least_in_priority_make_room()
    {
        _external.SetGateway(Ours);
        var peers = Addresses.Take(20).Select(SomePeer.At).ToList();
        var thinning = new Thinning(peers.Count, _order);
        thinning.Tick(peers, isComplete: false, TimeSpan.Zero, isRoomWanted: true);
        thinning.Tick(peers, isComplete: false, Thinning.Patience + TimeSpan.FromSeconds(2), isRoomWanted: true);

        var gone = peers.Where(peer => peer.IsLeaving).Select(peer => peer.Hello.Address).ToList();
        Assert.Equal(peers.Select(peer => peer.Hello.Address).OrderBy(PriorityOf).Take(8).ToHashSet(), gone.ToHashSet());
    }

    private static uint PriorityOf(IPEndPoint address) => PeerPriority.Of(new IPEndPoint(Ours, 6881), address);

    private List<IPEndPoint> Due() => _book.Due(TimeSpan.FromDays(1), isEager: true, Addresses.Length);
}
