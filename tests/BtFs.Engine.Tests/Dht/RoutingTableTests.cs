using System.Net;
using BtFs.Engine.Dht;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Tests.Dht;

public class RoutingTableTests
{
    private static readonly NodeId Self = NodeId.Any(new Random(1));

    private readonly Random _random = new(2);
    private readonly RoutingTable _table = new(Self);

    [Fact]
    public void The_nearest_nodes_come_first_whatever_the_target()
    {
        var all = Enumerable.Range(0, 200).Select(i => Add(bits: _random.Next(12), i)).ToList();
        var known = all.Where(node => _table.Knows(node.Address)).ToList();
        for (var i = 0; i < 100; i++)
        {
            var target = i % 2 == 0 ? NodeId.Any(_random) : Self.Neighbour(_random.Next(20), _random);
            var expected = known
                .Where(node => _table.Nodes.Any(live => live.Contact == node))
                .Order(Comparer<NodeContact>.Create((left, right) => NodeId.CompareDistance(target, left.Id, right.Id)))
                .Take(8);

            Assert.Equal(expected, _table.Nearest(target, 8).Select(node => node.Contact));
        }
    }

    [Fact]
    public void The_first_buckets_hold_128_64_32_and_16_nodes_and_the_others_8()
    {
        for (var bits = 0; bits < 6; bits++)
        {
            for (var i = 0; i < 200; i++)
            {
                Add(bits, (bits * 1000) + i);
            }
        }

        Assert.Equal(
            [128, 64, 32, 16, 8, 8],
            _table.Nodes.GroupBy(node => NodeId.SharedBits(Self, node.Contact.Id)).OrderBy(bucket => bucket.Key).Select(bucket => bucket.Count()));
    }

    [Fact]
    public void A_second_node_at_the_same_address_or_in_the_same_bucket_and_network_is_not_let_in()
    {
        Know(5, "20.1.2.3", 1);
        Know(6, "20.1.2.3", 2);
        Know(5, "20.1.2.4", 1);
        Assert.Equal(1, _table.Known);

        Know(6, "20.1.2.5", 1);
        Know(5, "20.1.3.3", 1);
        Assert.Equal(3, _table.Known);
    }

    [Fact]
    public void Local_nodes_may_share_a_network_and_even_an_address()
    {
        Know(5, "127.0.0.1", 1);
        Know(5, "127.0.0.1", 2);
        Know(5, "192.168.1.5", 1);
        Know(5, "192.168.1.6", 1);

        Assert.Equal(4, _table.Known);
    }

    [Fact]
    public void A_node_that_comes_back_under_another_id_is_thrown_out()
    {
        var first = Know(5, "20.1.2.3", 1);
        _table.Answered(first with { Id = NodeId.Any(_random) }, TimeSpan.Zero);

        Assert.Equal(0, _table.Known);
    }

    [Fact]
    public void A_node_that_twice_did_not_answer_is_named_to_nobody_and_gives_its_place_to_one_that_waits()
    {
        var nodes = Enumerable.Range(0, 12).Select(i => Add(bits: 9, i)).ToList();
        var quiet = nodes[0];
        Assert.Contains(quiet, _table.Nearest(Self, 8).Select(node => node.Contact));

        _table.Failed(quiet.Address);
        Assert.Contains(quiet, _table.Nearest(Self, 8).Select(node => node.Contact));
        _table.Failed(quiet.Address);

        Assert.DoesNotContain(quiet, _table.Nearest(Self, 8).Select(node => node.Contact));
        Assert.Equal(8, _table.Nearest(Self, 8).Count);
        Assert.False(_table.Knows(quiet.Address));
    }

    [Fact]
    public void While_nobody_waits_for_its_place_a_silent_node_is_kept_for_when_our_line_is_back()
    {
        var only = Add(bits: 9, 1);
        for (var i = 0; i < 5; i++)
        {
            _table.Failed(only.Address);
        }

        Assert.Empty(_table.Nearest(Self, 8));
        Assert.Equal([only], _table.Nearest(Self, 8, withBad: true).Select(node => node.Contact));

        _table.Answered(only, TimeSpan.FromMinutes(1));
        Assert.Equal([only], _table.Nearest(Self, 8).Select(node => node.Contact));
    }

    [Fact]
    public void A_node_whose_id_fits_its_address_takes_the_place_of_one_whose_id_does_not()
    {
        // Ids that share 21 bits with each other, so that they fit one address and fall into one bucket.
        var address = IPAddress.Parse("20.1.2.3");
        var fitting = new NodeContact(SecureNodeId.For(address, _random), new IPEndPoint(address, 1));
        var table = new RoutingTable(fitting.Id.Neighbour(9, _random));
        for (var i = 0; i < 8; i++)
        {
            table.Answered(new NodeContact(table.Self.Neighbour(9, _random), new IPEndPoint(new IPAddress([30, (byte)i, 1, 1]), 1)), TimeSpan.Zero);
        }

        table.Answered(fitting, TimeSpan.Zero);

        Assert.Contains(fitting, table.Nearest(fitting.Id, 8).Select(node => node.Contact));
    }

    [Fact]
    public void However_near_others_say_they_are_nodes_whose_ids_fit_come_first()
    {
        var target = NodeId.Any(_random);
        var fitting = Enumerable.Range(0, 8).Select(i => new NodeContact(SecureNodeId.For(new IPAddress([40, (byte)i, 1, 1]), _random), new IPEndPoint(new IPAddress([40, (byte)i, 1, 1]), 1))).ToList();
        fitting.ForEach(node => _table.Answered(node, TimeSpan.Zero));
        for (var i = 0; i < 8; i++)
        {
            _table.Answered(new NodeContact(target.Neighbour(100, _random), new IPEndPoint(new IPAddress([30, (byte)i, 1, 1]), 1)), TimeSpan.Zero);
        }

        Assert.Equal(16, _table.Nearest(target, 20).Count);
        Assert.Equal(fitting.ToHashSet(), _table.Nearest(target, 8).Select(node => node.Contact).ToHashSet());
    }

    private NodeContact Add(int bits, int number) => Know(bits, $"{20 + (number / 250)}.{number % 250}.1.1", 6881);

    private NodeContact Know(int bits, string address, int port)
    {
        var contact = new NodeContact(Self.Neighbour(bits, _random), new IPEndPoint(IPAddress.Parse(address), port));
        _table.Answered(contact, TimeSpan.Zero);
        return contact;
    }
}
