using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Datagrams;
using BtFs.Engine.Dht;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Dht;
using BtFs.Protocol.Metainfo;
using BtFs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Dht;

/// <summary>Getting into the DHT where the well-known hosts cannot be reached.</summary>
public sealed class BeginningTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly InfoHash Torrent = new(Enumerable.Repeat((byte)7, 20).ToArray());

    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _asked = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("btfs-dht-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Hosts_that_cannot_be_found_are_looked_for_ever_more_seldom_up_to_every_five_minutes()
    {
        var entryPoints = new EntryPoints(Lookup(), _ => Assert.Fail("Nobody was found."));
        var times = new List<int>();
        for (var second = 0; second < 1800; second++)
        {
            _asked.Clear();
            entryPoints.Ask([new PeerHint("router.example", 6881), new PeerHint("other.example", 6881)], TimeSpan.FromSeconds(second));
            if (_asked.Count > 0)
            {
                Assert.Equal(["router.example", "other.example"], _asked);
                times.Add(second);
            }
        }

        await entryPoints.EndAsync();
        Assert.Equal([0, 10, 30, 70, 150, 310, 610, 910, 1210, 1510], times);
    }

    [Fact]
    public async Task Nodes_of_last_time_are_asked_at_once_and_hosts_only_when_too_few_have_answered()
    {
        using var old = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var contact = new NodeContact(NodeId.Any(new Random(1)), (IPEndPoint)old.Client.LocalEndPoint!);
        var path = Path.Combine(_folder, "dht");
        await new SavedNodes([.. Enumerable.Repeat(contact, 8)], []).SaveAsync(path);
        await using var udp = UdpPort.Bind(0, _time);
        await using var loop = DhtLoop.Start(
            new DhtOptions { EntryPoints = [new PeerHint("router.example", 6881)], SavedIn = path }, udp, Lookup(), _time, new Random(2), NullLogger.Instance);

        loop.Join(new DhtSearch { Torrent = Torrent, Found = _ => { } }, []);

        // The clock stands still: only what was known before can be asked.
        var first = await old.ReceiveAsync().WaitAsync(Patience);
        Assert.True(KrpcReader.TryRead(first.Buffer, out var message));
        Assert.IsType<KrpcMessage.Query>(message);
        Assert.Equal([], Asked());

        // It says nothing more.
        await UntilAsync(() => Asked().Count > 0, advance: TimeSpan.FromMilliseconds(100));
        Assert.InRange(_time.GetTimestamp() / (double)TimeSpan.TicksPerSecond, 3, 30);
    }

    [Fact]
    public async Task A_port_that_is_taken_has_another_one_in_its_place()
    {
        await using var taken = UdpPort.Bind(0, _time);
        await using var other = UdpPort.Bind(taken.Port, _time);

        Assert.NotEqual(taken.Port, other.Port);
        Assert.NotEqual(0, other.Port);
    }

    [Fact]
    public async Task Packets_for_which_there_is_no_way_are_lost_and_nothing_else()
    {
        await using var udp = UdpPort.Bind(0, TimeProvider.System);
        var heard = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var wire = new UdpDhtWire(udp, (packet, _) => heard.TrySetResult(packet.Length));
        udp.Add(wire);

        // A network of nobody, a broadcast that is not permitted, a port where nobody listens, and a packet longer than any.
        wire.Send("d1:t1:ae"u8, IPEndPoint.Parse("0.0.0.1:9"));
        wire.Send("d1:t1:ae"u8, IPEndPoint.Parse("255.255.255.255:9"));
        wire.Send("d1:t1:ae"u8, IPEndPoint.Parse("[fe80::1]:9"));
        wire.Send(new byte[70_000], new IPEndPoint(IPAddress.Loopback, udp.Port));
        using (var closed = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0)))
        {
            closed.Close();
        }

        wire.Send("d1:t1:be"u8, new IPEndPoint(IPAddress.Loopback, udp.Port));
        Assert.Equal(8, await heard.Task.WaitAsync(Patience));
    }

    [Fact]
    public void Over_IPv6_a_torrent_is_announced_and_found_by_way_of_IPv6_nodes()
    {
        var bench = new DhtBench(DhtFamilies.IPv4 | DhtFamilies.IPv6);
        var node = new NodeContact(SecureNodeId.For(IPAddress.Parse("2001:db8:7::1"), bench.Random), IPEndPoint.Parse("[2001:db8:7::1]:6881"));
        var found = new List<IPEndPoint>();
        bench.Node.Handle(new DhtEvent.SearchJoined(new DhtSearch { Torrent = Torrent, Port = () => 4711, Found = found.AddRange }, []));
        bench.Node.Handle(new DhtEvent.NodesNamed([node.Address]));

        var announced = false;
        for (var step = 0; step < 200 && !announced; step++)
        {
            foreach (var (query, to) in bench.TakeQueries())
            {
                Assert.Equal(node.Address, to);
                announced |= query.Asked is DhtQuery.AnnouncePeer { Port: 4711 } announce && announce.Torrent == Torrent;
                var answer = new DhtReply(node.Id) { Token = "token"u8.ToArray(), Nodes6 = [], Peers = query.Asked is DhtQuery.GetPeers ? [IPEndPoint.Parse("[2001:db8:8::1]:51413")] : [] };
                bench.Receive(new KrpcMessage.Reply(query.Transaction, answer), to);
            }

            bench.Run(TimeSpan.FromMilliseconds(500));
        }

        Assert.True(announced);
        Assert.Contains(IPEndPoint.Parse("[2001:db8:8::1]:51413"), found);
    }

    private HostLookup Lookup() => new(_time, (host, _) =>
    {
        lock (_asked)
        {
            _asked.Add(host);
        }

        throw new SocketException((int)SocketError.HostNotFound);
    });

    private List<string> Asked()
    {
        lock (_asked)
        {
            return [.. _asked];
        }
    }

    private async Task UntilAsync(Func<bool> isSo, TimeSpan advance)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            _time.Advance(advance);
            await Task.Delay(1, patience.Token);
        }
    }
}
