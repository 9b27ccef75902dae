using System.Buffers;
using System.Net;
using BtFs.Protocol.Dht;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Tests.Dht;

public class KrpcProperties
{
    [Fact]
    public void Whatever_is_written_is_read_back_and_written_the_same()
    {
        for (var seed = 0; seed < 3_000; seed++)
        {
            var packet = Written(Any(new Random(seed)));

            Assert.True(KrpcReader.TryRead(packet, out var read), $"Seed {seed}");
            Assert.Equal(packet, Written(read));
        }
    }

    [Fact]
    public void A_packet_cut_short_is_never_taken_for_a_whole_one()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var packet = Written(Any(new Random(seed)));
            for (var length = 0; length < packet.Length; length++)
            {
                Assert.False(KrpcReader.TryRead(packet.AsMemory(0, length), out _));
            }
        }
    }

    [Fact]
    public void Damaged_packets_are_read_or_passed_over_and_cost_little_memory()
    {
        for (var seed = 0; seed < 50_000; seed++)
        {
            var packet = Mutation.Of(Written(Any(new Random(seed % 500))), seed);
            var before = GC.GetAllocatedBytesForCurrentThread();

            KrpcReader.TryRead(packet, out _);

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (64 * packet.Length) + 16_384);
        }
    }

    private static byte[] Written(KrpcMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        KrpcWriter.Write(output, message);
        return output.WrittenSpan.ToArray();
    }

    private static KrpcMessage Any(Random random)
    {
        var transaction = Bytes(random, 1 + random.Next(KrpcMessage.MaxTransactionBytes));
        IPEndPoint? seen = random.Next(2) == 0 ? Address(random, random.Next(2) == 0) : null;
        return random.Next(5) switch
        {
            0 or 1 => new KrpcMessage.Query(transaction, NodeId.Any(random), AnyQuery(random)) { IsReadOnly = random.Next(2) == 0 },
            2 or 3 => new KrpcMessage.Reply(transaction, AnyReply(random)) { YourAddress = seen },
            _ => new KrpcMessage.Error(transaction, random.Next(200, 310), "no reason at all") { YourAddress = seen },
        };
    }

    private static DhtQuery AnyQuery(Random random)
    {
        var want = (DhtFamilies)random.Next(4);
        var torrent = new InfoHash(Bytes(random, InfoHash.Size));
        return random.Next(7) switch
        {
            0 => new DhtQuery.Ping(),
            1 => new DhtQuery.FindNode(NodeId.Any(random), want),
            2 => new DhtQuery.GetPeers(torrent, want) { NoSeeds = random.Next(2) == 0, Scrape = random.Next(2) == 0 },
            3 => new DhtQuery.AnnouncePeer(torrent, (ushort)random.Next(1, 65_536), random.Next(2) == 0, Bytes(random, 8), random.Next(2) == 0),
            4 => new DhtQuery.SampleInfohashes(NodeId.Any(random), want),
            5 => new DhtQuery.Get(NodeId.Any(random), want),
            _ => new DhtQuery.Put("d1:ai1e1:bl0:ee"u8.ToArray(), Bytes(random, 8), IsMutable: false),
        };
    }

    private static DhtReply AnyReply(Random random) => new(NodeId.Any(random))
    {
        Nodes = random.Next(2) == 0 ? Nodes(random, isIPv6: false) : null,
        Nodes6 = random.Next(2) == 0 ? Nodes(random, isIPv6: true) : null,
        Peers = [.. Enumerable.Range(0, random.Next(5)).Select(_ => Address(random, random.Next(2) == 0))],
        Token = random.Next(2) == 0 ? Bytes(random, 8) : default,
        Samples = random.Next(3) == 0 ? Bytes(random, 20 * random.Next(4)) : default(ReadOnlyMemory<byte>?),
        Value = random.Next(3) == 0 ? "3:abc"u8.ToArray() : default(ReadOnlyMemory<byte>?),
        Seeds = random.Next(4) == 0 ? new SwarmFilter(Bytes(random, SwarmFilter.Bytes)) : null,
        Leechers = random.Next(4) == 0 ? new SwarmFilter(Bytes(random, SwarmFilter.Bytes)) : null,
    };

    private static List<NodeContact> Nodes(Random random, bool isIPv6) =>
        [.. Enumerable.Range(0, random.Next(9)).Select(_ => new NodeContact(NodeId.Any(random), Address(random, isIPv6)))];

    private static IPEndPoint Address(Random random, bool isIPv6)
    {
        var bytes = Bytes(random, isIPv6 ? 16 : 4);
        bytes[0] = 0x20;
        return new IPEndPoint(new IPAddress(bytes), random.Next(1, 65_536));
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
