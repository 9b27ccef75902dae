using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Discovery;
using BtFs.Engine.Network;
using BtFs.Engine.Peers;
using BtFs.Engine.Tests.Peers;
using BtFs.Testing;
using ProtocolViolationException = BtFs.Protocol.ProtocolViolationException;

namespace BtFs.Engine.Tests.Network;

public class NetworkRouteTests
{
    private static readonly byte[] Welcome = [5, 0];
    private static readonly byte[] Done = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    private static readonly IPEndPoint Target = new(IPAddress.Parse("198.51.100.7"), 6881);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_proxy_is_asked_for_addresses_and_for_names_and_what_follows_its_answer_stays_to_be_received()
    {
        await using var proxy = new ScriptedProxy(Welcome, [.. Done, 1, 2, 3]);
        var route = Route(proxy.Options);
        using var byAddress = await route.ConnectAsync(Target, CancellationToken.None);
        Assert.Equal([1, 2, 3], await byAddress.ReceiveExactlyAsync(3));
        using var byName = await route.ConnectAsync("host.example", 80, CancellationToken.None);
        Assert.Equal([[5, 1, 0], [5, 1, 0, 1, 198, 51, 100, 7, 0x1a, 0xe1], [5, 1, 0], [5, 1, 0, 3, 12, .. "host.example"u8, 0, 80]], proxy.Heard);
    }

    [Fact]
    public async Task A_proxy_that_wants_to_know_us_is_told()
    {
        await using var proxy = new ScriptedProxy([5, 2], [1, 0], [5, 0, 0, 3, 2, 0, 0, 0, 0]);
        using var socket = await Route(proxy.Options with { Login = new ProxyLogin("me", "secret") }).ConnectAsync(Target, CancellationToken.None);
        Assert.Equal([1, 2, .. "me"u8, 6, .. "secret"u8], proxy.Heard[1]);
    }

    [Fact]
    public async Task Each_way_in_which_a_proxy_refuses_or_lies_is_told_with_its_reason()
    {
        foreach (var (words, reason) in new (byte[][], string)[]
        {
            ([[5, 0xff]], "wants a user name"),
            (["HT"u8.ToArray()], "does not speak SOCKS 5"),
            ([[]], "hung up"),
            ([Welcome, []], "hung up"),
            ([Welcome, [5, 5]], "refused"),
            ([Welcome, [4, 0]], "does not speak SOCKS 5"),
            ([Welcome, [5, 0, 0, 9, 9]], "does not speak SOCKS 5"),
        })
        {
            await using var proxy = new ScriptedProxy(words);
            var fault = await Assert.ThrowsAsync<ProtocolViolationException>(() => Route(proxy.Options).ConnectAsync(Target, CancellationToken.None));
            Assert.Contains(reason, fault.Message);
        }
    }

    [Fact]
    public async Task A_check_at_the_start_tells_of_a_proxy_that_is_not_there_hangs_or_takes_others_only()
    {
        var nobody = Loopback.Listen();
        var place = nobody.Address();
        nobody.Dispose();
        await AssertCheckAsync(new ProxyOptions(place), "cannot be reached");

        await using var strict = new ScriptedProxy([5, 2], [1, 1]);
        await AssertCheckAsync(strict.Options with { Login = new ProxyLogin("me", "wrong") }, "does not accept");

        await using var silent = new ScriptedProxy();
        var check = Route(silent.Options).CheckAsync(CancellationToken.None);
        await _time.UntilWaitedForAsync(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Contains("does not answer within 10 s", (await Assert.ThrowsAsync<NetworkException>(() => check)).Message);

        await using var good = new ScriptedProxy(Welcome);
        await Route(good.Options).CheckAsync(CancellationToken.None);
    }

    [Fact]
    public async Task With_a_proxy_there_is_no_UDP_nobody_listens_and_no_name_is_looked_up()
    {
        var route = Route(new ProxyOptions(new IPEndPoint(IPAddress.Loopback, 1)));
        Assert.True(route.IsProxied);
        Assert.Throws<SocketException>(() => route.Open(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        Assert.Throws<SocketException>(() => route.OpenAt(0, SocketType.Stream, ProtocolType.Tcp));
        Assert.Null(PeerListener.TryStart(0, 0, new PeerHandshaker(new OurPeerId(Greeting.Self), _time), _ => null, _time, route));
        await Assert.ThrowsAsync<SocketException>(() => route.Lookup().FindAsync("localhost", CancellationToken.None));
    }

    [Fact]
    public async Task An_engine_behind_a_proxy_has_no_port_no_DHT_and_no_UDP_tracker()
    {
        var options = new EngineOptions
        {
            CacheDirectory = null,
            MinPort = 0,
            MaxPort = 0,
            Dht = new DhtOptions { EntryPoints = [] },
            Network = new NetworkOptions { Proxy = new ProxyOptions(new IPEndPoint(IPAddress.Loopback, 1)) },
        };
        await using var engine = TorrentEngine.Start(options, TimeProvider.System, new Random(1), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        Assert.Equal((0, null), (engine.ListenPort, engine.DhtNodes));

        var route = Route(options.Network.Proxy);
        var clients = new TrackerClients(new HttpFetch(_time, route.Lookup(), route), route.Lookup(), _time, route);
        var tracker = Assert.Single(Assert.Single(clients.Of([[new Uri("udp://192.0.2.1:80/announce"), new Uri("http://192.0.2.1/announce")]])));
        Assert.IsType<HttpTrackerClient>(tracker);
    }

    [Fact]
    public async Task A_blocked_address_is_neither_called_nor_heard()
    {
        using var peer = Loopback.Listen();
        var filter = AddressFilter.Read(new MemoryStream("127.0.0.0/8"u8.ToArray()));
        var route = new NetworkRoute(new NetworkOptions { Filter = filter }, _time);
        Assert.Contains("--ip-filter", (await Assert.ThrowsAsync<ProtocolViolationException>(() => route.ConnectAsync(peer.Address(), CancellationToken.None))).Message);
        Assert.False(peer.Poll(TimeSpan.Zero, SelectMode.SelectRead));

        await using var listener = PeerListener.TryStart(0, 0, new PeerHandshaker(new OurPeerId(Greeting.Self), _time), _ => null, _time, route)!;
        using var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await caller.ConnectAsync(IPAddress.Loopback, listener.Port);
        Assert.True(await caller.IsHungUpAsync());
    }

    [Fact]
    public async Task What_is_bound_to_an_address_calls_and_listens_from_there_alone()
    {
        using var peer = Loopback.Listen();
        var route = new NetworkRoute(new NetworkOptions { BindTo = "127.0.0.77" }, _time);
        await route.CheckAsync(CancellationToken.None);
        using var socket = await route.ConnectAsync(peer.Address(), CancellationToken.None);
        using var theirs = await peer.AcceptAsync();
        Assert.Equal(IPAddress.Parse("127.0.0.77"), ((IPEndPoint)theirs.RemoteEndPoint!).Address);

        using var listening = route.OpenAt(0, SocketType.Stream, ProtocolType.Tcp);
        Assert.Equal(IPAddress.Parse("127.0.0.77"), ((IPEndPoint)listening.LocalEndPoint!).Address);
        Assert.Throws<SocketException>(() => route.Open(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp));
    }

    [Theory]
    [InlineData("no-such-wire", "no network interface")]
    [InlineData("a-name-that-no-interface-may-have", "no network interface")]
    [InlineData("192.0.2.77", "no address of this machine")]
    public async Task A_way_that_is_not_there_is_told_at_the_start(string way, string reason)
    {
        var route = new NetworkRoute(new NetworkOptions { BindTo = way }, _time);
        Assert.Contains(reason, (await Assert.ThrowsAsync<NetworkException>(() => route.CheckAsync(CancellationToken.None))).Message);
        Assert.Throws<SocketException>(() => route.Open(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
    }

    private NetworkRoute Route(ProxyOptions? proxy) => new(new NetworkOptions { Proxy = proxy }, _time);

    private async Task AssertCheckAsync(ProxyOptions proxy, string reason) =>
        Assert.Contains(reason, (await Assert.ThrowsAsync<NetworkException>(() => Route(proxy).CheckAsync(CancellationToken.None))).Message);
}
