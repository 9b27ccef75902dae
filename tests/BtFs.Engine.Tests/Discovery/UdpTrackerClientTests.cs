using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using BtFs.Protocol.Trackers;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Discovery;

public sealed class UdpTrackerClientTests : IDisposable
{
    private static readonly byte[] OnePeer = [192, 0, 2, 1, 0x1a, 0xe1];
    private static readonly AnnounceRequest Request = new()
    {
        InfoHash = new InfoHash("aaaaaaaaaaaaaaaaaaaa"u8),
        PeerId = new PeerId("bbbbbbbbbbbbbbbbbbbb"u8),
        Port = 6881,
    };

    private readonly ManualTimeProvider _clock = new();
    private readonly UdpTrackerStub _tracker = new();

    [Fact]
    public async Task A_tracker_is_asked_and_its_peers_come_back()
    {
        var asking = AskAsync(Client());
        await _tracker.ConnectAsync();
        var announce = await _tracker.ReceiveAsync();
        await _tracker.AnswerAsync(announce, OnePeer);

        var reply = await asking;
        Assert.Equal((1, UdpTrackerStub.Connection), (announce.Action, announce.Connection));
        Assert.Equal("192.0.2.1:6881", Assert.Single(reply.Peers).ToString());
        Assert.Equal(TimeSpan.FromSeconds(1800), reply.Interval);
    }

    [Theory]
    [InlineData("udp://tracker.ex\u0430mple:6969/announce")]
    [InlineData("udp://tracker.xn--exmple-4nf:6969/announce")]
    public async Task A_name_that_may_look_like_another_is_not_looked_up(string url)
    {
        var fault = await Assert.ThrowsAsync<TrackerException>(() => AskAsync(new UdpTrackerClient(new Uri(url), new HostLookup(_clock), _clock)));

        Assert.Contains("letters that may look like others", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tracker_that_is_scraped_tells_how_many_there_are()
    {
        var asking = Client().ScrapeAsync(Request.InfoHash, CancellationToken.None).AsTask();
        await _tracker.ConnectAsync();
        var scrape = await _tracker.ReceiveAsync();
        await _tracker.SendAsync(scrape, [.. UdpTrackerStub.Head(2, scrape.Transaction), 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0, 3]);

        Assert.Equal(new ScrapeCounts(7, 9, 3), await asking);
        Assert.Equal((2, UdpTrackerStub.Connection), (scrape.Action, scrape.Connection));
        Assert.Equal("aaaaaaaaaaaaaaaaaaaa"u8.ToArray(), scrape.Bytes[16..]);
    }

    [Fact]
    public async Task Over_IPv6_the_peers_are_read_as_IPv6()
    {
        using var tracker = new UdpTrackerStub(IPAddress.IPv6Loopback);
        var asking = AskAsync(new UdpTrackerClient(tracker.Url, new HostLookup(_clock), _clock));
        await tracker.ConnectAsync();
        await tracker.AnswerAsync(await tracker.ReceiveAsync(), [.. IPAddress.Parse("2001:db8::9").GetAddressBytes(), 0x1a, 0xe2]);

        Assert.Equal("[2001:db8::9]:6882", Assert.Single((await asking).Peers).ToString());
    }

    [Fact]
    public async Task Packets_that_answer_nothing_are_passed_over()
    {
        var asking = AskAsync(Client());
        await _tracker.ConnectAsync();
        var announce = await _tracker.ReceiveAsync();
        await _tracker.AnswerAsync(announce with { Bytes = [.. announce.Bytes[..12], .. BitConverter.GetBytes(~announce.Transaction)] }, 9, 9, 9, 9, 9, 9);
        await _tracker.SendAsync(announce, []);
        await _tracker.SendAsync(announce, [.. UdpTrackerStub.Head(1, announce.Transaction), 0, 0]);
        await _tracker.AnswerAsync(announce, OnePeer);

        Assert.Equal("192.0.2.1:6881", Assert.Single((await asking).Peers).ToString());
    }

    [Fact]
    public async Task A_right_answer_from_a_wrong_address_is_not_heard()
    {
        using var stranger = new UdpTrackerStub();
        var asking = AskAsync(Client());
        await _tracker.ConnectAsync();
        var announce = await _tracker.ReceiveAsync();
        await stranger.AnswerAsync(announce, 9, 9, 9, 9, 9, 9);
        await _tracker.AnswerAsync(announce, OnePeer);

        Assert.Equal("192.0.2.1:6881", Assert.Single((await asking).Peers).ToString());
    }

    [Fact]
    public async Task A_lost_packet_is_sent_again_after_1_3_9_15_30_60_and_120_s_under_new_numbers()
    {
        var asking = AskAsync(Client());
        var numbers = new HashSet<uint>();
        foreach (var wait in new[] { 1, 3, 9, 15, 30, 60, 120 })
        {
            numbers.Add((await _tracker.ReceiveAsync()).Transaction);
            _clock.Advance(TimeSpan.FromSeconds(wait));
        }

        var fault = await Assert.ThrowsAsync<TrackerException>(() => asking);
        Assert.Equal("No answer to 7 requests.", fault.Message);
        Assert.Equal(7, numbers.Count);
    }

    [Fact]
    public async Task A_connection_id_serves_for_a_minute_and_not_longer()
    {
        var client = Client();
        var first = AskAsync(client);
        await _tracker.ConnectAsync();
        await _tracker.AnswerAsync(await _tracker.ReceiveAsync());
        await first;

        _clock.Advance(TimeSpan.FromSeconds(59.9));
        var second = AskAsync(client);
        var announce = await _tracker.ReceiveAsync();
        Assert.Equal((1, UdpTrackerStub.Connection), (announce.Action, announce.Connection));
        await _tracker.AnswerAsync(announce);
        await second;

        _clock.Advance(TimeSpan.FromSeconds(0.1));
        var third = AskAsync(client);
        await _tracker.ConnectAsync(42);
        announce = await _tracker.ReceiveAsync();
        Assert.Equal(42, announce.Connection);
        await _tracker.AnswerAsync(announce);
        await third;
    }

    [Fact]
    public async Task A_tracker_that_forgot_our_connection_id_is_asked_for_another()
    {
        var client = Client();
        var first = AskAsync(client);
        await _tracker.ConnectAsync();
        await _tracker.AnswerAsync(await _tracker.ReceiveAsync());
        await first;

        var second = AskAsync(client);
        await _tracker.RefuseAsync(await _tracker.ReceiveAsync(), "Connection ID missmatch.");
        await _tracker.ConnectAsync();
        await _tracker.AnswerAsync(await _tracker.ReceiveAsync(), OnePeer);

        Assert.Single((await second).Peers);
    }

    [Fact]
    public async Task A_refusal_comes_in_the_trackers_words()
    {
        var asking = AskAsync(Client());
        await _tracker.ConnectAsync();
        await _tracker.RefuseAsync(await _tracker.ReceiveAsync(), "unknown torrent");

        var fault = await Assert.ThrowsAsync<TrackerRefusedException>(() => asking);
        Assert.Equal("The tracker refuses: unknown torrent", fault.Message);
    }

    [Fact]
    public async Task A_closed_port_is_a_fault_at_once()
    {
        var client = Client();
        _tracker.Dispose();

        var fault = await Assert.ThrowsAsync<TrackerException>(() => AskAsync(client));
        Assert.Contains("refused", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_an_address_is_a_fault()
    {
        var lookup = new HostLookup(_clock, (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        await Assert.ThrowsAsync<TrackerException>(() => AskAsync(new UdpTrackerClient(new Uri("udp://nowhere.example:1"), lookup, _clock)));
    }

    [Fact]
    public async Task A_name_server_that_does_not_answer_is_given_up_after_5_s()
    {
        var lookup = new HostLookup(_clock, async (_, cancel) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
            return [];
        });
        var asking = AskAsync(new UdpTrackerClient(new Uri("udp://slow.example:1"), lookup, _clock));

        _clock.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<TrackerException>(() => asking);
    }

    [Fact]
    public async Task Of_two_address_families_the_one_that_answers_is_used_and_kept()
    {
        using var dead = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        dead.Bind(new IPEndPoint(IPAddress.IPv6Loopback, _tracker.Address.Port));
        var lookups = 0;
        var lookup = new HostLookup(_clock, (_, _) =>
        {
            lookups++;
            return Task.FromResult(new[] { IPAddress.IPv6Loopback, IPAddress.Loopback });
        });
        var client = new UdpTrackerClient(new Uri($"udp://both.example:{_tracker.Address.Port}"), lookup, _clock);

        for (var i = 0; i < 2; i++)
        {
            var asking = AskAsync(client);
            if (i == 0)
            {
                await _tracker.ConnectAsync();
            }

            await _tracker.AnswerAsync(await _tracker.ReceiveAsync(), OnePeer);
            Assert.Single((await asking).Peers);
        }

        Assert.Equal(1, lookups);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_not_told_of_a_fault()
    {
        using var cancel = new CancellationTokenSource();
        var asking = AskAsync(Client(), cancel.Token);
        await _tracker.ReceiveAsync();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    public void Dispose() => _tracker.Dispose();

    private UdpTrackerClient Client() => new(_tracker.Url, new HostLookup(_clock), _clock);

    private static Task<AnnounceReply> AskAsync(UdpTrackerClient client, CancellationToken cancel = default) =>
        client.AnnounceAsync(Request, cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(20), CancellationToken.None);
}
