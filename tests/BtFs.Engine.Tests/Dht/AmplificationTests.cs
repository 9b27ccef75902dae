using System.Net;
using System.Text;
using BtFs.Engine.Dht;
using BtFs.Protocol.Dht;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Tests.Dht;

/// <summary>Whoever forges the address of a victim gets nobody to send it much: counted in bytes on the wire.</summary>
public class AmplificationTests
{
    private const string Id = "2:id20:abcdefghij0123456789";
    private const string Place = "20:mnopqrstuvwxyz123456";
    private static readonly InfoHash Torrent = new("mnopqrstuvwxyz123456"u8);
    private static readonly IPEndPoint Victim = new(IPAddress.Parse("203.0.113.7"), 53);
    private static readonly IPEndPoint Victim6 = new(IPAddress.Parse("2001:db8:1::7"), 53);

    private readonly DhtBench _bench = new(DhtFamilies.IPv4 | DhtFamilies.IPv6);

    /// <summary>The shortest packets of every kind that deserve an answer.</summary>
    public static TheoryData<string> Shortest =>
    [
        $"d1:ad{Id}e1:q4:ping1:t1:a1:y1:qe",
        $"d1:ad{Id}e1:q9:find_node1:t1:a1:y1:qe",
        $"d1:ad{Id}6:target{Place}e1:q9:find_node1:t1:a1:y1:qe",
        $"d1:ad{Id}6:target{Place}4:wantl2:n42:n6ee1:q9:find_node1:t1:a1:y1:qe",
        $"d1:ad{Id}e1:q9:get_peers1:t1:a1:y1:qe",
        $"d1:ad{Id}9:info_hash{Place}e1:q9:get_peers1:t1:a1:y1:qe",
        $"d1:ad{Id}9:info_hash{Place}6:scrapei1e4:wantl2:n42:n6ee1:q9:get_peers1:t1:a1:y1:qe",
        $"d1:ad{Id}9:info_hash{Place}4:porti1e5:token0:e1:q13:announce_peer1:t1:a1:y1:qe",
        $"d1:ad{Id}e1:q13:announce_peer1:t1:a1:y1:qe",
        $"d1:ad{Id}e1:q17:sample_infohashes1:t1:a1:y1:qe",
        $"d1:ad{Id}6:target{Place}4:wantl2:n42:n6ee1:q17:sample_infohashes1:t1:a1:y1:qe",
        $"d1:ad{Id}e1:q3:get1:t1:a1:y1:qe",
        $"d1:ad{Id}6:target20:{{v}}4:wantl2:n42:n6ee1:q3:get1:t1:a1:y1:qe",
        $"d1:ad{Id}e1:q3:put1:t1:a1:y1:qe",
        $"d1:ad{Id}5:token0:1:v1:ae1:q3:put1:t1:a1:y1:qe",
        $"d1:ad{Id}e1:q0:1:t1:a1:y1:qe",
        $"d1:ad{Id}6:target{Place}e1:q1:x1:t1:a1:y1:qe",
        $"d1:ad{Id}e1:q4:ping1:t32:aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb1:y1:qe",
    ];

    [Theory]
    [MemberData(nameof(Shortest))]
    public void Even_the_shortest_question_of_a_kind_gets_at_most_four_times_its_length_over_either_family(string packet)
    {
        var place = KnowMuch();
        var bytes = Encoding.Latin1.GetBytes(packet.Replace("{v}", Encoding.Latin1.GetString(place.Span), StringComparison.Ordinal));
        foreach (var victim in new[] { Victim, Victim6 })
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(2));
            _bench.Take();
            _bench.Node.Handle(new DhtEvent.PacketReceived(bytes, victim));

            var sent = _bench.Take().Where(one => one.To.Equals(victim)).ToList();

            // The first is the answer; a ping besides looks whether anybody is there, and is as short as any question.
            Assert.InRange(sent.Count, 1, 2);
            Assert.InRange(sent.Sum(one => one.Bytes), 1, DhtLimits.Amplification * bytes.Length);
        }
    }

    [Fact]
    public void Whatever_packets_strangers_make_up_none_gets_more_than_four_times_its_length()
    {
        var place = KnowMuch();
        var templates = ((IEnumerable<object[]>)Shortest).Select(row => (string)row[0]).ToArray();
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var packet = Encoding.Latin1.GetBytes(templates[random.Next(templates.Length)].Replace("{v}", Encoding.Latin1.GetString(place.Span), StringComparison.Ordinal));
            for (var flips = random.Next(4); flips > 0; flips--)
            {
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            }

            var victim = new IPEndPoint(new IPAddress([(byte)(30 + (i % 90)), (byte)(i >> 8), (byte)(i & 0xff), 9]), 53);
            _bench.Node.Handle(new DhtEvent.PacketReceived(packet, victim));

            Assert.InRange(_bench.Take().Where(one => one.To.Equals(victim)).Sum(one => one.Bytes), 0, DhtLimits.Amplification * packet.Length);
            _bench.Time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    [Fact]
    public void Twenty_thousand_pings_at_a_thousand_a_second_are_answered_up_to_the_rate_and_the_others_dropped()
    {
        var (answered, bytes, most) = (0, 0, 0);
        var packet = Encoding.ASCII.GetBytes($"d1:ad{Id}e2:roi1e1:q4:ping1:t2:aa1:y1:qe");
        for (var second = 0; second < 20; second++)
        {
            var inThisSecond = 0;
            for (var i = 0; i < 1000; i++)
            {
                var number = (second * 1000) + i;
                _bench.Take();
                _bench.Node.Handle(new DhtEvent.PacketReceived(packet, new IPEndPoint(new IPAddress([31, (byte)(number >> 8), (byte)(number & 0xff), 1]), 1)));
                var sent = _bench.Take();
                answered += sent.Count;
                inThisSecond += sent.Sum(one => one.Bytes);
                _bench.Time.Advance(TimeSpan.FromMilliseconds(1));
            }

            bytes += inThisSecond;
            most = Math.Max(most, inThisSecond);
        }

        // All that flows in goes out again; what was saved up at first, without the reserve, comes on top.
        Assert.InRange(bytes, 20 * DhtLimits.SendRate * 0.95, (20 * DhtLimits.SendRate * 1.05) + (DhtLimits.SendRate - DhtLimits.SendReserve));
        Assert.InRange(most, 1, (2 * DhtLimits.SendRate) - DhtLimits.SendReserve);
        Assert.InRange(answered, 1, 20 * 1000);
    }

    /// <summary>A node that has much to tell of everything.</summary>
    /// <returns>The place of a long value.</returns>
    private ReadOnlyMemory<byte> KnowMuch()
    {
        _bench.Know(300);
        for (var i = 0; i < 60; i++)
        {
            var peer = new IPEndPoint(new IPAddress([60, (byte)i, 1, 1]), 6881);
            var token = _bench.Answer(new DhtQuery.GetPeers(Torrent, DhtFamilies.None), peer).Token;
            _bench.Answer(new DhtQuery.AnnouncePeer(Torrent, 6881, false, token, i % 2 == 0), peer);
            _bench.Time.Advance(TimeSpan.FromSeconds(1));
        }

        byte[] value = [.. "996:"u8, .. new byte[996]];
        var place = KeptItems.PlaceOf(value);
        var keeper = new IPEndPoint(IPAddress.Parse("61.1.1.1"), 6881);
        var toPut = _bench.Answer(new DhtQuery.Get(place, DhtFamilies.None), keeper).Token;
        _bench.Answer(new DhtQuery.Put(value, toPut, IsMutable: false), keeper);
        _bench.Time.Advance(TimeSpan.FromSeconds(2));
        var bytes = new byte[NodeId.Size];
        place.CopyTo(bytes);
        return bytes;
    }
}
