using BtFs.Engine;
using BtFs.Engine.Reports;
using BtFs.Mount;
using BtFs.Status.Document;

namespace BtFs.Status;

/// <summary>Turns what the engine reports into what the document says.</summary>
internal static class TorrentEntries
{
    /// <summary>Files told of at most; the first in the order of their paths.</summary>
    public const int MaxFiles = 1_000;

    /// <summary>A torrent's entry.</summary>
    public static TorrentEntry Of(ShownTorrent shown, TorrentReport report)
    {
        var files = shown is { Tree: { } tree, Content: { } content } ? FilesOf(tree, content, shown.Folder) : [];
        return new TorrentEntry
        {
            Name = report.Name ?? report.InfoHash.ToString(),
            Infohash = report.InfoHash.ToString(),
            State = Word(report.State),
            Private = report.IsPrivate,
            Path = shown.Folder.Length == 0 ? "/" : shown.Folder,
            Length = report.Length,
            Present = report.Status.BytesPresent,
            DownloadRate = Math.Round(report.DownloadRate),
            UploadRate = Math.Round(report.UploadRate),
            Downloaded = report.Status.BytesDownloaded,
            Uploaded = report.Status.BytesUploaded,
            Wasted = report.BytesWasted,
            Ratio = report.Status.BytesDownloaded == 0 ? null : Math.Round((double)report.Status.BytesUploaded / report.Status.BytesDownloaded, 3),
            PeersKnown = report.Status.PeersKnown,
            PeersConnected = report.Status.PeersConnected,
            WebSeeds = report.Status.WebSeeds,
            MetadataReceived = report.Status.MetadataBytes,
            MetadataLength = report.Status.MetadataSize,
            DhtNodes = report.Sources.DhtNodes,
            Trackers = [.. report.Sources.Trackers.Select(Of)],
            Readers = [.. report.Readers.Select(reader => Of(reader, shown.Folder))],
            Files = files,
            FilesLeftOut = files.Count < MaxFiles ? 0 : shown.Tree!.FileCount - files.Count,
            Peers = [.. report.Peers.Select(peer => Of(peer, report.Pieces?.Count))],
            Pieces = report.Pieces is { } pieces ? Of(pieces) : null,
        };
    }

    private static List<FileEntry> FilesOf(FileTree tree, ITorrentContent content, string folder) =>
    [
        .. tree.ReadableFiles.Take(MaxFiles).Select(shown => new FileEntry
        {
            Path = folder + shown.Path,
            Length = shown.Length,
            Present = content.BytesPresent(shown.File),
            Availability = content.CopiesOfRarest(shown.File),
        }),
    ];

    private static ReaderEntry Of(ReaderReport reader, string folder)
    {
        var program = reader.Label as ReaderProgram;
        return new ReaderEntry
        {
            File = folder + program?.Path,
            Process = program?.Process ?? 0,
            Program = program?.Name,
            Style = Word(reader.Style),
            Position = reader.Position,
            BytesRead = reader.BytesRead,
            Rate = Math.Round(reader.Rate),
            Window = reader.Window is { } window ? new WindowEntry { Start = window.Start, End = window.End } : null,
            Wait = reader.Wait is { } wait ? Of(wait) : null,
        };
    }

    private static WaitEntry Of(WaitReport wait) => new()
    {
        Piece = wait.Piece.Value,
        Seconds = Seconds(wait.For),
        Reason = wait.Reason,
        Peers = wait.Peers,
        PeersWithIt = wait.PeersWithIt,
        PeersServing = wait.PeersServing,
        AskedOf = wait.AskedOf,
        BytesHere = wait.BytesHere,
        PieceLength = wait.PieceLength,
    };

    private static PeerEntry Of(PeerReport peer, int? pieces) => new()
    {
        Address = peer.WebSeed ?? peer.Address.ToString(),
        Client = peer.Client,
        Transport = peer.WebSeed is not null ? "web" : peer.IsUtp ? "utp" : "tcp",
        Encrypted = peer.IsEncrypted,
        Incoming = peer.IsIncoming,
        ConnectedFor = Seconds(peer.ConnectedFor),
        Share = pieces is > 0 ? Math.Round((double)peer.PiecesHeld / pieces.Value, 4) : null,
        DownloadRate = Math.Round(peer.DownloadRate),
        UploadRate = Math.Round(peer.UploadRate),
        Downloaded = peer.BytesFrom,
        Uploaded = peer.BytesTo,
        RoundTrip = Seconds(peer.RoundTrip),
        Requested = peer.Requested,
        Wanted = peer.Wanted,
        ChokesUs = peer.ChokesUs,
        WeChoke = peer.WeChoke,
        Interested = peer.IsInterested,
        WeAreInterested = peer.WeAreInterested,
        Suspect = peer.IsSuspect,
    };

    private static PiecesEntry Of(PiecesReport pieces) => new()
    {
        Length = pieces.PieceLength,
        Count = pieces.Count,
        Have = pieces.Have,
        UnderWay = pieces.UnderWay,
        RarestCopies = pieces.RarestCopies,
        Copies = pieces.Copies,
        Runs = [.. pieces.Runs.Select(run => new RunEntry { First = run.First, Count = run.Count, State = run.State })],
    };

    private static TrackerEntry Of(TrackerReport tracker) => new()
    {
        Name = tracker.Name,
        State = Word(tracker.State),
        Peers = tracker.Peers,
        Seeders = tracker.Seeders,
        Leechers = tracker.Leechers,
        AskedAgo = tracker.AskedAgo is { } ago ? Seconds(ago) : null,
        NextIn = Seconds(tracker.NextIn),
        Error = tracker.Error,
    };

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
