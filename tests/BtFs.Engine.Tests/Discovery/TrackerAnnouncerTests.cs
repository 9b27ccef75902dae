using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Engine.Tests.Storage;
using BtFs.Protocol.Trackers;

namespace BtFs.Engine.Tests.Discovery;

public sealed class TrackerAnnouncerTests
{
    private readonly ScriptedTracker _a = new("udp://a");
    private readonly ScriptedTracker _b = new("udp://b");
    private readonly ScriptedTracker _c = new("udp://c");

    [Fact]
    public async Task All_trackers_of_all_tiers_are_asked_at_once_for_the_first_peers()
    {
        _a.Hang();
        var rig = new AnnouncerRig([_a, _b], [_c]).Start();

        Assert.Equal([AnnounceEvent.Started], _a.Events);
        Assert.Equal([AnnounceEvent.Started], _b.Events);
        Assert.Equal([AnnounceEvent.Started], _c.Events);
        Assert.Equal(2, rig.Found.Count);
        await rig.StopAsync();
    }

    [Fact]
    public async Task One_of_many_torrents_waits_for_its_turn_unless_somebody_waits_for_its_peers()
    {
        var patient = new AnnouncerRig(TimeSpan.FromSeconds(30), [_a]).Start();
        patient.Pass(29);
        Assert.Empty(_a.Events);
        patient.Pass(1);
        Assert.Equal([AnnounceEvent.Started], _a.Events);
        await patient.StopAsync();

        var read = new AnnouncerRig(TimeSpan.FromSeconds(30), [_b]).Start();
        read.Announcer.Wake();
        read.Pass(0.1);
        Assert.Equal([AnnounceEvent.Started], _b.Events);
        await read.StopAsync();
    }

    [Fact]
    public async Task A_private_torrent_asks_one_tracker_at_a_time()
    {
        _a.Fail();
        var rig = new AnnouncerRig([_a], [_b], [_c]) { IsPrivate = true }.Start();

        Assert.Single(_a.Events);
        Assert.Single(_b.Events);
        Assert.Empty(_c.Events);
        await rig.StopAsync();
    }

    [Fact]
    public async Task A_tracker_hears_of_another_port_in_the_next_announce_and_tells_how_it_sees_us()
    {
        var ours = IPAddress.Parse("198.51.100.7");
        _a.Answer = _ => ValueTask.FromResult(ScriptedTracker.Reply(1800, 60) with { ExternalAddress = ours });
        var rig = new AnnouncerRig([_a]).Start();
        rig.Port = 40_000;
        rig.Pass(1800);

        Assert.Equal([6881, 40_000], _a.Requests.Select(request => (int)request.Port));
        Assert.Equal([("udp://a", ours), ("udp://a", ours)], rig.Told);
        await rig.StopAsync();
    }

    [Fact]
    public async Task The_tracker_that_counts_the_most_peers_is_believed_and_one_that_does_not_count_is_not_asked()
    {
        _a.Answer = _ => ValueTask.FromResult(ScriptedTracker.Reply(1800, 60) with { Seeders = 2, Leechers = 30 });
        _b.Answer = _ => ValueTask.FromResult(ScriptedTracker.Reply(1800, 60) with { Seeders = 5, Leechers = 1 });
        var rig = new AnnouncerRig([_a, _b, _c]);
        Assert.Null(rig.Announcer.Counts);
        rig.Start();

        Assert.Equal(new TrackerCounts(2, 30), rig.Announcer.Counts);
        await rig.StopAsync();
    }

    [Fact]
    public async Task The_interval_of_a_tracker_is_kept_to_the_second()
    {
        var rig = new AnnouncerRig([_a]).Start();

        rig.Pass(1799);
        Assert.Equal([AnnounceEvent.Started], _a.Events);
        rig.Pass(1);
        Assert.Equal([AnnounceEvent.Started, AnnounceEvent.None], _a.Events);
        await rig.StopAsync();
    }

    [Fact]
    public async Task After_the_first_peers_only_the_foremost_tracker_is_asked()
    {
        var rig = new AnnouncerRig([_a], [_b], [_c]).Start();

        rig.Pass(3 * 1800);

        Assert.Equal(4, _a.Requests.Count);
        Assert.Single(_b.Requests);
        Assert.Single(_c.Requests);
        await rig.StopAsync();
    }

    [Fact]
    public async Task When_the_foremost_tracker_fails_the_next_tier_takes_its_place()
    {
        var rig = new AnnouncerRig([_a], [_b]).Start();
        _a.Fail();

        rig.Pass(1800);

        Assert.Equal(2, _a.Requests.Count);
        Assert.Equal(2, _b.Requests.Count);
        await rig.StopAsync();
    }

    [Fact]
    public async Task A_tracker_that_answers_moves_to_the_front_of_its_tier()
    {
        _a.Fail();
        _b.Fail();
        var rig = new AnnouncerRig([_a, _b, _c]) { IsPrivate = true }.Start();
        _a.Answer = _b.Answer = _ => ValueTask.FromResult(ScriptedTracker.Reply(1800, 60));
        var asked = _a.Requests.Count + _b.Requests.Count;

        rig.Pass(5 * 1800);

        Assert.Equal(6, _c.Requests.Count);
        Assert.Equal(asked, _a.Requests.Count + _b.Requests.Count);
        await rig.StopAsync();
    }

    [Fact]
    public async Task A_tracker_that_fails_is_tried_again_after_5_s_and_ever_more_seldom_up_to_half_an_hour()
    {
        _a.Fail();
        var rig = new AnnouncerRig([_a]).Start();
        var gaps = Enumerable.Range(2, 14).Select(requests => rig.PassUntil(() => _a.Requests.Count == requests)).ToArray();
        var nominal = new double[] { 5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800, 1800, 1800, 1800 };
        Assert.All(gaps.Zip(nominal), pair => Assert.InRange(pair.First, (pair.Second * 0.8) - 0.5, (pair.Second * 1.2) + 0.5));
        Assert.True(gaps[^4..].Distinct().Count() > 1, "Pauses differ, lest all clients come back at once.");
        await rig.StopAsync();
    }

    [Fact]
    public async Task Sixteen_trackers_are_asked_at_once_and_one_more_when_they_have_not_answered_for_a_second()
    {
        var trackers = Enumerable.Range(0, TrackerLimits.MaxConcurrent + 1).Select(i => new ScriptedTracker($"udp://{i}")).ToList();
        trackers.ForEach(tracker => tracker.Hang());
        var rig = new AnnouncerRig([.. trackers]).Start();

        Assert.Equal(TrackerLimits.MaxConcurrent, trackers.Count(tracker => tracker.Requests.Count > 0));
        rig.Pass(0.9);
        Assert.Equal(TrackerLimits.MaxConcurrent, trackers.Count(tracker => tracker.Requests.Count > 0));
        rig.Pass(0.1);
        Eventually.True(() => trackers.TrueForAll(tracker => tracker.Requests.Count == 1));
        await rig.StopAsync();
    }

    [Fact]
    public async Task One_host_is_asked_under_two_urls_at_once_and_holds_up_no_other()
    {
        var trackers = Enumerable.Range(0, 64).Select(i => new ScriptedTracker($"udp://{i}", i < 63 ? "victim" : "other")).ToList();
        trackers.ForEach(tracker => tracker.Hang());
        var rig = new AnnouncerRig([.. trackers]).Start();

        Assert.Equal(TrackerLimits.MaxConcurrentOfHost, trackers.Count(tracker => tracker.Host == "victim" && tracker.Requests.Count > 0));
        Assert.Single(trackers[63].Requests);
        rig.Pass(1);
        Eventually.True(() => trackers.Count(tracker => tracker.Host == "victim" && tracker.Requests.Count > 0) == 2 * TrackerLimits.MaxConcurrentOfHost);
        await rig.StopAsync();
    }

    [Fact]
    public async Task A_tracker_that_hangs_is_given_up_after_a_minute()
    {
        _a.Hang();
        var rig = new AnnouncerRig([_a], [_b]).Start();

        rig.Pass(60);
        await rig.UntilWaitingAsync(1800);

        Assert.Single(_a.Requests);
        await rig.StopAsync();
        Assert.Equal([AnnounceEvent.Started, AnnounceEvent.Stopped], _b.Events);
    }

    [Fact]
    public async Task Peers_wanted_at_once_are_asked_of_all_trackers_but_not_before_their_minimum_interval()
    {
        _a.Answer = _b.Answer = _ => ValueTask.FromResult(ScriptedTracker.Reply(1800, 300));
        var rig = new AnnouncerRig([_a], [_b]).Start();

        rig.Announcer.Wake();
        await rig.UntilWaitingAsync(300);
        rig.Pass(299);
        Assert.Equal(2, _a.Requests.Count + _b.Requests.Count);
        rig.Pass(1);

        Assert.Equal([AnnounceEvent.Started, AnnounceEvent.None], _a.Events);
        Assert.Equal([AnnounceEvent.Started, AnnounceEvent.None], _b.Events);
        await rig.StopAsync();
    }

    [Fact]
    public async Task The_end_of_the_download_is_told_once_to_the_trackers_that_know_us()
    {
        _b.Fail();
        var rig = new AnnouncerRig([_a], [_b]).Start();
        var told = new TaskCompletionSource();
        _a.Answer = _ =>
        {
            told.TrySetResult();
            return ValueTask.FromResult(ScriptedTracker.Reply(1800, 60));
        };

        rig.Announcer.Complete();
        await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await rig.StopAsync();

        Assert.Equal([AnnounceEvent.Started, AnnounceEvent.Completed, AnnounceEvent.Stopped], _a.Events);
        Assert.Equal([AnnounceEvent.Started], _b.Events);
        Assert.Equal(0, _a.Requests[1].PeersWanted);
    }

    [Fact]
    public async Task The_end_waits_3_s_for_a_tracker_that_does_not_answer_and_no_longer()
    {
        var rig = new AnnouncerRig([_a]).Start();
        _a.Hang();

        rig.BeginStop();
        rig.Pass(2.9);
        Assert.True(rig.IsRunning);
        rig.Pass(0.1);

        await rig.StopAsync();
        Assert.Equal([AnnounceEvent.Started, AnnounceEvent.Stopped], _a.Events);
    }

    [Fact]
    public async Task Trackers_that_never_answered_are_not_told_of_the_end()
    {
        _a.Fail();
        _b.Hang();
        var rig = new AnnouncerRig([_a], [_b]).Start();

        await rig.StopAsync();

        Assert.Equal([AnnounceEvent.Started], _a.Events);
        Assert.Equal([AnnounceEvent.Started], _b.Events);
    }

    [Fact]
    public async Task A_magnet_says_that_something_is_left_and_a_torrent_says_how_much()
    {
        var magnet = new AnnouncerRig([_a]).Start();
        var torrent = new AnnouncerRig([_b]) { Totals = new AnnounceTotals(1, 2, 3) }.Start();

        Assert.Equal(1 << 30, _a.Requests[0].Left);
        Assert.Equal((1, 2, 3), (_b.Requests[0].Uploaded, _b.Requests[0].Downloaded, _b.Requests[0].Left));
        await magnet.StopAsync();
        await torrent.StopAsync();
    }

    [Fact]
    public async Task A_tracker_gets_its_own_id_and_our_key_back_each_time()
    {
        _a.Answer = _ => ValueTask.FromResult(ScriptedTracker.Reply(60, 60) with { TrackerId = "xyz"u8.ToArray() });
        var rig = new AnnouncerRig([_a]).Start();

        rig.Pass(60);

        Assert.Equal("xyz"u8, _a.Requests[1].TrackerId.Span);
        Assert.Equal(_a.Requests[0].Key, _a.Requests[1].Key);
        await rig.StopAsync();
    }

    [Fact]
    public async Task A_torrent_without_trackers_waits_for_its_end()
    {
        var rig = new AnnouncerRig().Start();

        rig.Pass(100_000);
        Assert.True(rig.IsRunning);

        await rig.StopAsync();
    }
}
