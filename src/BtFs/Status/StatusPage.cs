using System.Globalization;
using BtFs.Status.Document;

namespace BtFs.Status;

/// <summary>A mount on a page: what it does, for whom, and what it waits for. What matters most stands first, for a screen may be short.</summary>
internal static class StatusPage
{
    private const int MaxFiles = 10;
    private const int MaxPeers = 12;
    private const int MaxReaders = 20;
    private const int MaxScanners = 10;
    private const int BarWidth = 50;

    /// <summary>The lines of the page, none wider than it. Text from outside is cleaned.</summary>
    public static IEnumerable<string> Lines(StatusDocument document, PageStyle style)
    {
        foreach (var line in Head(document, style))
        {
            yield return line;
        }

        foreach (var torrent in document.Torrents)
        {
            yield return "";
            foreach (var line in Of(torrent, style))
            {
                yield return line;
            }
        }

        foreach (var line in Scanners(document, style))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Scanners(StatusDocument document, PageStyle style)
    {
        var table = new TextTable(style, indent: 4, "SCANNER", "STATE", " OPENED", " READ", " FETCHED", " REFUSED");
        foreach (var program in document.Scanners.OrderByDescending(program => program.BytesFetched).Take(MaxScanners))
        {
            table.Add(program.Program, program.State, Number(program.Openings), Amounts.Bytes(program.BytesRead), Amounts.Bytes(program.BytesFetched), Number(program.Refusals));
        }

        return Section(table, document.Scanners.Count - MaxScanners, "scanners");
    }

    private static IEnumerable<string> Head(StatusDocument document, PageStyle style)
    {
        var (mount, network, cache) = (document.Mount, document.Network, document.Cache);
        yield return style.Strong(Cut(
            string.Create(CultureInfo.InvariantCulture, $"{mount.Path}  {mount.Program}, process {mount.Process}, for {Amounts.Time((document.Time - mount.Since).TotalSeconds)}"), style));
        var disk = cache is { DiskUsed: { } used, DiskLimit: { } limit } ? $", disk {Amounts.Bytes(used)} of {Amounts.Bytes(limit)}" : "";
        yield return Cut(
            $"down {Amounts.Rate(document.Torrents.Sum(torrent => torrent.DownloadRate))}, up {Amounts.Rate(document.Torrents.Sum(torrent => torrent.UploadRate))}; "
            + $"{Amounts.Count(network.Connections, "connection")}, {PortOf(network)}, {(network.DhtNodes is { } nodes ? Amounts.Count(nodes, "DHT node") : "no DHT")}; "
            + $"memory {Amounts.Bytes(cache.MemoryUsed)} of {Amounts.Bytes(cache.MemoryLimit)}{disk}",
            style);
    }

    private static string PortOf(NetworkEntry network) =>
        network.ListenPort == 0 ? "no port" : string.Create(CultureInfo.InvariantCulture, $"port {network.ListenPort}");

    private static IEnumerable<string> Of(TorrentEntry torrent, PageStyle style)
    {
        yield return style.Strong(Cut($"{torrent.Name}  {torrent.State}{(torrent.Private ? ", private" : "")}", style));
        if (torrent.Pieces is not { } pieces)
        {
            yield return Cut(
                $"  waiting for its description: {Amounts.Bytes(torrent.MetadataReceived)} of {(torrent.MetadataLength == 0 ? "?" : Amounts.Bytes(torrent.MetadataLength))}", style);
        }
        else
        {
            yield return Cut(
                $"  {Amounts.Percent(torrent.Present, torrent.Length)} here: {Amounts.Bytes(torrent.Present)} of {Amounts.Bytes(torrent.Length)}; down {Amounts.Rate(torrent.DownloadRate)}"
                + $", up {Amounts.Rate(torrent.UploadRate)}; had {Amounts.Bytes(torrent.Downloaded)}, gave {Amounts.Bytes(torrent.Uploaded)}, wasted {Amounts.Bytes(torrent.Wasted)}", style);
            yield return Cut($"  [{PieceBar.Of(pieces, Math.Clamp(style.Width - 30, 10, BarWidth))}] {Amounts.Count(pieces.Count, "piece")}, the rarest has {Copies(pieces.RarestCopies)}", style);
        }

        foreach (var line in Readers(torrent, style).Concat(Files(torrent, style)).Concat(Peers(torrent, style)).Concat(Trackers(torrent, style)))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Readers(TorrentEntry torrent, PageStyle style)
    {
        var lengths = torrent.Files.DistinctBy(file => file.Path).ToDictionary(file => file.Path, file => file.Length, StringComparer.Ordinal);
        var table = new TextTable(style, indent: 4, "READER", " PROCESS", "FILE", " AT", " AHEAD", " RATE", "WAITS FOR");
        foreach (var reader in torrent.Readers.OrderByDescending(reader => reader.Wait?.Seconds ?? -1).ThenByDescending(reader => reader.Rate).Take(MaxReaders))
        {
            table.Add(
                reader.Program ?? "?",
                Number(reader.Process),
                reader.File.TrimStart('/'),
                lengths.TryGetValue(reader.File, out var length) ? Amounts.Percent(reader.Position, length) : Amounts.Bytes(reader.Position),
                reader.Window is { } window ? Amounts.Bytes(window.End - reader.Position) : "-",
                Amounts.Rate(reader.Rate),
                reader.Wait is { } wait ? InWords(wait) : "-");
        }

        return Section(table, torrent.Readers.Count - MaxReaders, "readers");
    }

    private static string InWords(WaitEntry wait)
    {
        var askedOf = wait.AskedOf.Count == 0 ? "" : $" ({string.Join(", ", wait.AskedOf.Take(3))}{(wait.AskedOf.Count > 3 ? ", …" : "")})";
        return string.Create(CultureInfo.InvariantCulture, $"piece {wait.Piece}, {Amounts.Time(wait.Seconds)}: {wait.Reason}{askedOf}");
    }

    private static IEnumerable<string> Files(TorrentEntry torrent, PageStyle style)
    {
        // Those that somebody reads first, then those that have begun to come.
        var open = torrent.Readers.Select(reader => reader.File).ToHashSet(StringComparer.Ordinal);
        var table = new TextTable(style, indent: 4, " HERE", " SIZE", " COPIES", "FILE");
        foreach (var file in torrent.Files.OrderByDescending(file => open.Contains(file.Path) ? 2 : file.Present > 0 && file.Present < file.Length ? 1 : 0).Take(MaxFiles))
        {
            table.Add(Amounts.Percent(file.Present, file.Length), Amounts.Bytes(file.Length), Number(file.Availability), file.Path.TrimStart('/'));
        }

        return Section(table, torrent.Files.Count + torrent.FilesLeftOut - MaxFiles, "files");
    }

    private static IEnumerable<string> Peers(TorrentEntry torrent, PageStyle style)
    {
        var table = PeerTable.Of(torrent.Peers.OrderByDescending(peer => peer.DownloadRate + peer.UploadRate).Take(MaxPeers), style);
        return Section(table, torrent.Peers.Count - MaxPeers, "peers (all of them in .btfs/peers)");
    }

    private static IEnumerable<string> Trackers(TorrentEntry torrent, PageStyle style)
    {
        var table = new TextTable(style, indent: 4, "TRACKER", "STATE", " PEERS", " NEXT IN", "ERROR");
        foreach (var tracker in torrent.Trackers)
        {
            table.Add(tracker.Name, tracker.State, Number(tracker.Peers), Amounts.Time(tracker.NextIn), tracker.Error ?? "-");
        }

        return Section(table, 0, "trackers");
    }

    private static IEnumerable<string> Section(TextTable table, int left, string what)
    {
        if (table.IsEmpty)
        {
            return [];
        }

        return left > 0 ? table.Lines().Append($"    … and {Number(left)} more {what}") : table.Lines();
    }

    private static string Copies(int copies) => copies switch
    {
        0 => "no copy among our peers",
        1 => "1 copy",
        _ => $"{Number(copies)} copies",
    };

    private static string Cut(string text, PageStyle style) => DisplayWidth.Cut(CleanText.Line(text), style.Width);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
