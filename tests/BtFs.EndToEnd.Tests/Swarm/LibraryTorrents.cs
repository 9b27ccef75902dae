namespace BtFs.EndToEnd.Swarm;

/// <summary>A seed of small torrents, each of a single file, and what it takes to mount them.</summary>
internal sealed class LibraryTorrents : IAsyncDisposable
{
    private const int PieceLength = 32_768;

    private readonly LibtorrentSeed _seed;

    private LibraryTorrents(LibtorrentSeed seed, IReadOnlyList<TorrentFixture> torrents)
    {
        _seed = seed;
        All = torrents;
    }

    /// <summary>The torrents; none has a tracker.</summary>
    public IReadOnlyList<TorrentFixture> All { get; }

    public TorrentFixture this[int index] => All[index];

    /// <summary>How a mount finds the seed.</summary>
    public string Peer => $"--peer={_seed.Address}";

    /// <summary>Starts a seed of torrents of these names.</summary>
    public static async Task<LibraryTorrents> StartAsync(TemporaryFolder folder, params IReadOnlyList<string> names)
    {
        var seed = await LibtorrentSeed.StartAsync();
        var torrents = new List<TorrentFixture>();
        foreach (var name in names)
        {
            // Torrents of one name and one content would be one torrent.
            var torrent = TorrentFixture.MakeSingle(folder, name, PieceLength, new FileShape(name, 50_000 + torrents.Count));
            await seed.AddAsync(torrent);
            torrents.Add(torrent);
        }

        return new LibraryTorrents(seed, torrents);
    }

    /// <summary>Asserts that a torrent's file reads as the seed has it.</summary>
    public static void AssertReads(TorrentFixture torrent, BtfsMount mount, string? folder = null) =>
        Assert.Equal(File.ReadAllBytes(torrent.Disk(0)), File.ReadAllBytes(mount.At($"{folder ?? torrent.Name}/{torrent.Name}")));

    /// <summary>A magnet link to one of them, with the seed in it.</summary>
    public string Magnet(int index) => All[index].Magnet([_seed.Address]);

    public ValueTask DisposeAsync() => _seed.DisposeAsync();
}
