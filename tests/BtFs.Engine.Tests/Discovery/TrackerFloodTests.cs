using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using BtFs.Protocol.Trackers;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Discovery;

/// <summary>Trackers, and those who pretend to be one, that send too much or would have us do so.</summary>
public sealed class TrackerFloodTests
{
    private static readonly AnnounceRequest Request = new()
    {
        InfoHash = new InfoHash("aaaaaaaaaaaaaaaaaaaa"u8),
        PeerId = new PeerId("bbbbbbbbbbbbbbbbbbbb"u8),
        Port = 6881,
    };

    [Fact]
    public async Task Among_twenty_thousand_packets_with_wrong_numbers_the_right_one_is_heard()
    {
        var clock = new ManualTimeProvider();
        using var tracker = new UdpTrackerStub();
        var asking = new UdpTrackerClient(tracker.Url, new HostLookup(clock), clock).AnnounceAsync(Request, CancellationToken.None).AsTask();
        await tracker.ConnectAsync();
        var announce = await tracker.ReceiveAsync();
        var forged = new byte[26];
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(forged);
            UdpTrackerStub.Head(1, announce.Transaction ^ (uint)(1 + i)).CopyTo(forged, 0);
            await tracker.SendAsync(announce, forged);
        }

        Assert.False(asking.IsCompleted);

        // The system may have had no room for it among all the others.
        while (!asking.IsCompleted)
        {
            await tracker.AnswerAsync(announce, 192, 0, 2, 1, 0x1a, 0xe1);
            await Task.WhenAny(asking, Task.Delay(5));
        }

        Assert.Equal("192.0.2.1:6881", Assert.Single((await asking).Peers).ToString());
    }

    [Theory]
    [InlineData("i0e")]
    [InlineData("i-1e")]
    [InlineData("i59e")]
    [InlineData("i-9223372036854775808e")]
    public void Who_wants_to_hear_of_us_all_the_time_hears_of_us_once_a_minute(string interval) => AssertAsked(interval, every: 60);

    [Theory]
    [InlineData("i60e", 60)]
    [InlineData("i61e", 61)]
    [InlineData("i86400e", 86_400)]
    [InlineData("i86401e", 86_400)]
    [InlineData("i2147483648e", 86_400)]
    [InlineData("i9223372036854775807e", 86_400)]
    public void An_interval_is_kept_from_a_minute_to_a_day(string interval, int seconds) => AssertAsked(interval, seconds);

    [Fact]
    public async Task However_often_peers_are_wanted_a_tracker_is_asked_no_oftener_than_it_allows()
    {
        var tracker = new ScriptedTracker("busy") { Answer = _ => ValueTask.FromResult(ScriptedTracker.Reply(1800, 60)) };
        var rig = new AnnouncerRig([tracker]).Start();
        for (var second = 0; second < 600; second++)
        {
            rig.Announcer.Wake();
            await rig.UntilWaitingAsync(61);
            rig.Pass(1);
        }

        Assert.InRange(tracker.Requests.Count, 2, 11);
        await rig.StopAsync();
    }

    [Fact]
    public void A_tracker_that_names_a_million_peers_each_time_is_believed_about_two_hundred()
    {
        var peers = new byte[1_000_000 - (1_000_000 % 6)];
        new Random(1).NextBytes(peers);
        byte[] reply = [.. "d5:peers"u8, .. System.Text.Encoding.ASCII.GetBytes($"{peers.Length}:"), .. peers, (byte)'e'];

        Assert.Equal(AnnounceReply.MaxPeers, HttpAnnounce.Read(reply).Peers.Count);
    }

    private static void AssertAsked(string interval, int every)
    {
        var reply = System.Text.Encoding.ASCII.GetBytes($"d8:interval{interval}12:min interval{interval}5:peers0:e");
        var tracker = new ScriptedTracker("strange") { Answer = _ => ValueTask.FromResult(HttpAnnounce.Read(reply)) };
        var rig = new AnnouncerRig([tracker]).Start();

        rig.Pass(every - 0.5);
        Assert.Single(tracker.Requests);
        rig.Pass(1);

        // Two things are waited for, and on a busy machine the pool says which it was.
        Assert.True(SpinWait.SpinUntil(() => tracker.Requests.Count == 2, TimeSpan.FromSeconds(20)));
        rig.BeginStop();
    }
}
