using System.Net;
using BtFs.Engine.Peers;
using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Engine.PortMapping;
using BtFs.Engine.Torrents;
using BtFs.Testing;
using BtFs.Testing.Swarms;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Torrents;

public class BrokenLoopTests
{
    [Fact]
    public async Task When_a_bug_ends_the_loop_every_reader_fails_and_none_hangs()
    {
        var parts = new SimulatedSwarm(seed: 1).Parts;
        var inbox = new TorrentInbox();
        var options = new EngineOptions { CacheDirectory = "unused" };
        var context = new LoopContext(options, new PublicPorts(0, 0), inbox, new BrokenLinks(), new ManualTimeProvider(), new Random(1), NullLogger.Instance);
        var loop = new TorrentLoop(new TorrentSource { InfoHash = parts.Info.InfoHash, Info = parts.Info }, context);
        Wish before = new(new PieceIndex(0), new PieceIndex(0)), after = new(new PieceIndex(0), new PieceIndex(0));
        inbox.Post(new TorrentEvent.TransferOpened(parts));
        inbox.Post(new TorrentEvent.ReadWaits(before));
        inbox.Post(new TorrentEvent.PeersFound([new IPEndPoint(IPAddress.Loopback, 1)]));

        await Assert.ThrowsAsync<NotSupportedException>(() => loop.RunAsync(CancellationToken.None));
        inbox.Post(new TorrentEvent.ReadWaits(after));
        await Assert.ThrowsAsync<ContentUnavailableException>(() => before.Granted);
        await Assert.ThrowsAsync<ContentUnavailableException>(() => after.Granted);
    }

    [Fact]
    public async Task A_bug_at_the_very_start_closes_the_inbox_too()
    {
        var parts = new SimulatedSwarm(seed: 1).Parts;
        var inbox = new TorrentInbox();
        var options = new EngineOptions { CacheDirectory = "unused" };
        var context = new LoopContext(options, new PublicPorts(0, 0), inbox, new BrokenLinks(), new ManualTimeProvider(), new Random(1), NullLogger.Instance);
        var source = new TorrentSource { InfoHash = parts.Info.InfoHash, Peers = [new IPEndPoint(IPAddress.Loopback, 1)] };
        await Assert.ThrowsAsync<NotSupportedException>(() => new TorrentLoop(source, context).RunAsync(CancellationToken.None));

        var wish = new Wish(new PieceIndex(0), new PieceIndex(0));
        inbox.Post(new TorrentEvent.ReadWaits(wish));
        await Assert.ThrowsAsync<ContentUnavailableException>(() => wish.Granted);
    }

    private sealed class BrokenLinks : ITorrentLinks
    {
        public void Dial(IPEndPoint address, TimeSpan patience, DialWay way) => throw new NotSupportedException("a bug");

        public void FindPeers()
        {
        }

        public void MeetNode(IPEndPoint address)
        {
        }

        public void ContentCompleted()
        {
        }

        public void MetadataArrived(byte[] info)
        {
        }
    }
}
