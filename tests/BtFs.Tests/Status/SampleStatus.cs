using BtFs.Status.Document;

namespace BtFs.Tests.Status;

/// <summary>A document in which every member has something.</summary>
internal static class SampleStatus
{
    /// <summary>It.</summary>
    /// <param name="name">What is in it of texts from outside.</param>
    public static StatusDocument With(string name) => new()
    {
        Version = StatusDocument.CurrentVersion,
        Time = DateTimeOffset.UnixEpoch.AddHours(3),
        Mount = new MountEntry { Path = $"/mnt/{name}", Program = "btfs 0.1.0", Process = 4242, Since = DateTimeOffset.UnixEpoch, Options = Options },
        Network = new NetworkEntry { ListenPort = 6881, DhtNodes = 214, Connections = 14 },
        Cache = new CacheEntry { MemoryUsed = 1 << 20, MemoryLimit = 64 << 20, DiskUsed = 1 << 30, DiskLimit = 20L << 30, Directory = $"/cache/{name}" },
        Scanners = [new ScannerEntry { Program = name, State = "over budget", Openings = 12, BytesRead = 200_000, BytesFetched = 400_000, Refusals = 3 }],
        Torrents = [TorrentWith(name)],
    };

    private static OptionsEntry Options => new()
    {
        BrowseOnly = false,
        Prefetch = "none",
        Keep = "no",
        MaxPeers = 80,
        MaxDownloadRate = 0,
        MaxUploadRate = 0,
        ReadTimeout = 120,
        Encryption = "prefer",
        Transports = ["tcp", "utp"],
        Proxy = "127.0.0.1:1080",
        Bind = "tun0",
    };

    private static TorrentEntry TorrentWith(string name) => new()
    {
        Name = name,
        Infohash = "bfb8ad3905a7fd64592e63caddd7effcdc4ef69a",
        State = "incomplete",
        Private = true,
        Path = "/",
        Length = 300_000_000,
        Present = 100_000_000,
        DownloadRate = 1_200_000,
        UploadRate = 3_000,
        Downloaded = 110_000_000,
        Uploaded = 1_000_000,
        Wasted = 16_384,
        Ratio = 0.009,
        PeersKnown = 100,
        PeersConnected = 2,
        WebSeeds = 1,
        MetadataReceived = 20_000,
        MetadataLength = 20_000,
        DhtNodes = 214,
        Trackers = [new TrackerEntry { Name = $"udp://{name}:6969", State = "fails", Peers = 0, Seeders = 3, Leechers = 4, AskedAgo = 3, NextIn = 5, Error = $"no {name}" }],
        Readers = [ReaderWith(name)],
        Files = [new FileEntry { Path = $"/{name}", Length = 300_000_000, Present = 100_000_000, Availability = 3 }],
        FilesLeftOut = 2,
        Peers = [PeerWith(name)],
        Pieces = new PiecesEntry
        {
            Length = 1 << 20,
            Count = 287,
            Have = 95,
            UnderWay = 2,
            RarestCopies = 1,
            Copies = [0, 287],
            Runs = [new RunEntry { First = 0, Count = 95, State = "have" }, new RunEntry { First = 95, Count = 2, State = "downloading" }],
        },
    };

    private static ReaderEntry ReaderWith(string name) => new()
    {
        File = $"/{name}",
        Process = 77,
        Program = name,
        Style = "following",
        Position = 99_000_000,
        BytesRead = 99_000_000,
        Rate = 1_000_000,
        Window = new WindowEntry { Start = 99_000_000, End = 109_000_000 },
        Wait = new WaitEntry
        {
            Piece = 95,
            Seconds = 4.2,
            Reason = "3 of 14 peers have it, asked of 2, 62 % here",
            Peers = 14,
            PeersWithIt = 3,
            PeersServing = 2,
            AskedOf = ["192.0.2.1:6881", name],
            BytesHere = 650_000,
            PieceLength = 1 << 20,
        },
    };

    private static PeerEntry PeerWith(string name) => new()
    {
        Address = "192.0.2.1:6881",
        Client = name,
        Transport = "utp",
        Encrypted = true,
        Incoming = true,
        ConnectedFor = 61,
        Share = 0.5,
        DownloadRate = 1_200_000,
        UploadRate = 3_000,
        Downloaded = 110_000_000,
        Uploaded = 1_000_000,
        RoundTrip = 0.042,
        Requested = 12,
        Wanted = 1,
        ChokesUs = false,
        WeChoke = false,
        Interested = true,
        WeAreInterested = true,
        Suspect = true,
    };
}
