using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Discovery;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Discovery;

/// <summary>However a stranger's URL spells this machine, it reaches trackers here and nothing else.</summary>
public sealed class AddressSpellingTests : IDisposable
{
    private static readonly IPAddress Far = IPAddress.Parse("198.51.100.1");

    private readonly Socket _service = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
    private readonly ManualTimeProvider _time = new();

    public AddressSpellingTests()
    {
        _service.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        _service.Listen(16);
    }

    /// <summary>Every way to write 127.0.0.1 and its like that a URL, the system's parser or IPv6 knows.</summary>
    public static TheoryData<string> OfThisMachine =>
    [
        "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.1", "0x7f.0.0.1", "0177.1", "017700000001", "0177.0.0.01",
        "127.0.0.1.", "0", "0.0.0.0", "0.1.2.3", "0x0", "localhost", "LOCALHOST", "localhost.", "ip6-localhost", "a.name.of.ours", "user:word@127.0.0.1", "t.example@127.1",
        "%31%32%37.0.0.1", "１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1",
        "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::0001]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]", "[::ffff:0.0.0.0]", "[::127.0.0.1]", "[::7f00:1]",
        "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:1::1]", "[::1%25lo]", "[::ffff:127.0.0.1%25lo]",
    ];

    /// <summary>Addresses of the networks around us, and of nobody.</summary>
    public static TheoryData<string> OfTheNetworkAround =>
    [
        "10.0.0.1", "100.64.0.1", "100.127.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1", "192.0.0.8", "198.18.0.1", "198.19.255.255",
        "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "fc00::1", "fd12::1", "fe80::1", "fe80::1%1", "febf::1", "fec0::1", "feff::1", "ff02::1",
        "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "64:ff9b:1:ffff::1", "2002:a00:1::1", "2002:c0a8:101::1", "2002:a9fe:a9fe::1",
    ];

    public void Dispose() => _service.Dispose();

    [Theory]
    [MemberData(nameof(OfThisMachine))]
    public async Task A_strangers_url_reaches_no_service_of_this_machine_however_it_is_spelled(string host)
    {
        // What is no URL at all reaches nobody either.
        if (Uri.TryCreate($"http://{host}:{Port}/admin?delete=all", UriKind.Absolute, out var url))
        {
            await Assert.ThrowsAsync<HttpFetchException>(() => FetchAsync(url));
        }

        Assert.False(_service.Poll(0, SelectMode.SelectRead), "Somebody has called.");
    }

    [Theory]
    [InlineData("127.1")]
    [InlineData("0x7f.1")]
    [InlineData("017700000001")]
    [InlineData("a.name.of.ours")]
    [InlineData("[::1]")]
    [InlineData("0.0.0.0")]
    public async Task A_tracker_of_this_machine_is_reached_however_it_is_spelled(string host)
    {
        var fetching = FetchAsync(new Uri($"http://{host}:{Port}/announce"));

        using var caller = await _service.AcceptAsync().WaitAsync(TimeSpan.FromSeconds(20));
        await caller.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        Assert.False((await fetching.WaitAsync(TimeSpan.FromSeconds(20))).IsSuccess);
    }

    [Theory]
    [MemberData(nameof(OfTheNetworkAround))]
    public void A_server_on_the_Internet_cannot_redirect_there_nor_a_peer_far_away_name_it(string address)
    {
        var local = IPAddress.Parse(address);

        Assert.True(AddressScope.IsLocal(local));
        Assert.False(AddressScope.MayName(Far, local));
        Assert.Throws<HttpFetchException>(() => new HttpHop(new Uri("http://t.example/announce"), cameFrom: Far, isStrangers: false).Check(local));
    }

    [Theory]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("64:ff9a::7f00:1")]
    [InlineData("64:ff9b:2::1")]
    [InlineData("2001:db8::7f00:1")]
    [InlineData("2003:7f00:1::")]
    [InlineData("fbff::1")]
    public void The_neighbours_of_local_networks_are_of_the_Internet(string address)
    {
        Assert.False(AddressScope.IsLocal(IPAddress.Parse(address)));
        Assert.True(AddressScope.MayName(Far, IPAddress.Parse(address)));
    }

    [Fact]
    public async Task A_name_that_is_far_away_when_it_is_asked_for_and_here_the_next_time_reaches_nothing()
    {
        var answers = new Queue<IPAddress[]>([[IPAddress.IPv6None, IPAddress.Loopback], [IPAddress.Loopback], [Far, IPAddress.Loopback], [IPAddress.IPv6Loopback]]);
        var asked = answers.Count;
        for (var i = 0; i < asked; i++)
        {
            await Assert.ThrowsAsync<HttpFetchException>(() => FetchAsync(new Uri($"http://rebinding.example:{Port}/admin"), answers.Dequeue));
        }

        Assert.Empty(answers);
        Assert.False(_service.Poll(0, SelectMode.SelectRead), "Somebody has called.");
    }

    [Fact]
    public async Task A_name_is_asked_for_once_for_each_connection_and_the_address_that_was_checked_is_the_one_called()
    {
        var answers = new Queue<IPAddress[]>([[IPAddress.Loopback], [IPAddress.Parse("127.0.0.9")]]);
        var fetching = FetchAsync(new Uri($"http://rebinding.example:{Port}/announce"), answers.Dequeue);

        using (var caller = await _service.AcceptAsync().WaitAsync(TimeSpan.FromSeconds(20)))
        {
            Assert.Equal(IPAddress.Loopback, ((IPEndPoint)caller.LocalEndPoint!).Address.MapToIPv4());
            await caller.SendAsync("HTTP/1.1 302 Found\r\nLocation: /admin\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            await Assert.ThrowsAsync<HttpFetchException>(() => fetching);
        }

        // The redirect was a connection of its own, to what the name means now, and was judged by its own path.
        Assert.Empty(answers);
        Assert.False(_service.Poll(0, SelectMode.SelectRead), "Somebody has called.");
    }

    private int Port => ((IPEndPoint)_service.LocalEndPoint!).Port;

    private async Task<HttpAnswer> FetchAsync(Uri url, Func<IPAddress[]>? find = null)
    {
        // Every name means this machine, unless the test says otherwise.
        using var http = new HttpFetch(_time, new HostLookup(_time, (_, _) => Task.FromResult(find?.Invoke() ?? [IPAddress.Loopback])));
        return await http.GetAsync(url, TrackerLimits.Http, CancellationToken.None);
    }
}
