using BtFs.Engine.Discovery;

namespace BtFs.Engine.Tests.Discovery;

public sealed class TrackerClientsTests
{
    [Fact]
    public void Only_trackers_that_can_be_asked_are_taken_and_each_once()
    {
        Assert.Equal(
            [["http://a", "udp://b:80"], ["https://c:8443"]],
            Names(["http://a/announce", "wss://x/announce", "udp://b:80", "udp://no-port", "http://a/announce"], ["ftp://y"], ["http://a/announce", "https://c:8443/"]));
    }

    [Fact]
    public void A_torrent_has_64_trackers_at_most()
    {
        Assert.Equal(64, Names([.. Enumerable.Range(0, 65).Select(i => $"http://t{i}/")]).Sum(tier => tier.Length));
    }

    [Fact]
    public void A_torrent_has_8_tiers_at_most()
    {
        Assert.Equal(8, Names([.. Enumerable.Range(0, 9).Select(i => (string[])[$"http://t{i}/"])]).Length);
    }

    [Fact]
    public void The_name_of_a_tracker_holds_no_passkey()
    {
        Assert.Equal([["https://t.example"]], Names(["https://user:secret@t.example/secret/announce?passkey=secret"]));
    }

    private static string[][] Names(params string[][] tiers)
    {
        var time = TimeProvider.System;
        var lookup = new HostLookup(time);
        using var http = new HttpFetch(time, lookup);
        return [.. new TrackerClients(http, lookup, time).Of([.. tiers.Select(tier => tier.Select(url => new Uri(url)).ToList())]).Select(tier => tier.Select(tracker => tracker.Name).ToArray())];
    }
}
