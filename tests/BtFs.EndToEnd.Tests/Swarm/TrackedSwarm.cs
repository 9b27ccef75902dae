using System.Net;

namespace BtFs.EndToEnd.Swarm;

/// <summary>A torrent, a tracker, and one client that seeds it and announces itself: all of it fresh, so that nobody finds a peer of yesterday.</summary>
internal sealed class TrackedSwarm : IAsyncDisposable
{
    private const int PieceLength = 65_536;

    private readonly IAsyncDisposable _seed;

    private TrackedSwarm(TorrentFixture torrent, OpenTracker tracker, IAsyncDisposable seed, IPEndPoint address)
    {
        _seed = seed;
        Torrent = torrent;
        Tracker = tracker;
        SeedAddress = address;
    }

    public TorrentFixture Torrent { get; }

    public OpenTracker Tracker { get; }

    public IPEndPoint SeedAddress { get; }

    /// <param name="folder">Where everything is kept.</param>
    /// <param name="client"><c>libtorrent</c>, <c>transmission</c> or <c>aria2</c>.</param>
    public static async Task<TrackedSwarm> StartAsync(TemporaryFolder folder, string client)
    {
        var torrent = TorrentFixture.Make(
            folder, $"from {client}", PieceLength,
            new FileShape("notes.txt", 1_234),
            new FileShape("films/one.bin", 1_500_001),
            new FileShape("films/two.bin", 300_000),
            new FileShape("films/empty", 0));
        var tracker = await OpenTracker.StartAsync(folder, torrent.InfoHash);
        var announced = torrent.WithTracker(tracker.HttpUrl);
        switch (client)
        {
            case "libtorrent":
                var libtorrent = await LibtorrentSeed.StartAsync(host: 2);
                await libtorrent.AddAsync(torrent, announced);
                return new TrackedSwarm(torrent, tracker, libtorrent, libtorrent.Address);
            case "transmission":
                var transmission = await TransmissionSeed.StartAsync(folder, torrent, announced, host: 3);
                return new TrackedSwarm(torrent, tracker, transmission, transmission.Address);
            default:
                var aria2 = await Aria2Seed.StartAsync(torrent, announced, host: 4);
                return new TrackedSwarm(torrent, tracker, aria2, aria2.Address);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _seed.DisposeAsync();
        await Tracker.DisposeAsync();
    }
}
