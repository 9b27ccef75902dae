using BtFs.Engine;
using BtFs.Running;

namespace BtFs.Tests;

public class MetadataProgressTests
{
    private static readonly TorrentSource Source = new() { InfoHash = default, DisplayName = "a film" };
    private static readonly TorrentStatus Nobody = new(0, 0, 0, 0, 0, 0, 0);

    [Fact]
    public void Who_waits_for_peers_reads_how_many_the_tracker_counts() => Assert.Equal(
        "a film: looking for peers, the tracker counts 1 seed and, with us, 12 leechers",
        MetadataProgress.Line(Source, Nobody with { Tracked = new TrackerCounts(1, 12) }));

    [Fact]
    public void Once_somebody_is_there_that_no_longer_matters() => Assert.Equal(
        "a film: 1 of 3 peers connected",
        MetadataProgress.Line(Source, Nobody with { PeersKnown = 3, PeersConnected = 1, Tracked = new TrackerCounts(1, 12) }));

    [Fact]
    public void A_tracker_that_does_not_count_is_not_mentioned() => Assert.Equal("a film: looking for peers", MetadataProgress.Line(Source, Nobody));
}
