using System.Globalization;
using BtFs.Engine;
using BtFs.Protocol.Metainfo;

namespace BtFs.Sources;

/// <summary>What the user named → which torrent to join: a .torrent's path, a magnet link, an http(s) URL or a bare infohash.</summary>
internal static class SourceReader
{
    /// <summary>Reads a source, from the disk or the web if need be.</summary>
    /// <exception cref="CommandException">It cannot be read, or is no torrent.</exception>
    public static async Task<TorrentSource> ReadAsync(
        string source, PeerLookup lookup, NetworkOptions network, TimeProvider time, CancellationToken cancel) =>
        (await ReadDocumentAsync(source, lookup, network, time, cancel)).Source;

    /// <summary>The same, with what was read.</summary>
    /// <exception cref="CommandException">It cannot be read, or is no torrent.</exception>
    public static async Task<SourceDocument> ReadDocumentAsync(
        string source, PeerLookup lookup, NetworkOptions network, TimeProvider time, CancellationToken cancel)
    {
        if (IsMagnet(source))
        {
            return await OfMagnetAsync(ParseMagnet(source), "magnet link", lookup, cancel);
        }

        if (IsUrl(source))
        {
            return OfTorrent(source, await TorrentUrl.DownloadAsync(source, network, time, cancel));
        }

        // A file may be called anything, even like an infohash.
        if (!File.Exists(source) && MagnetLink.TryParseInfoHash(source, out var bare))
        {
            return await OfMagnetAsync(bare, source, lookup, cancel);
        }

        return OfTorrent(source, await TorrentPath.ReadAsync(source, cancel));
    }

    /// <summary>A source, as messages name it: nobody wants to read a whole link again.</summary>
    public static string SubjectOf(string source) => IsMagnet(source) ? "magnet link" : source;

    /// <summary>Whether a source is read from the web.</summary>
    internal static bool IsUrl(string source) =>
        source.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    internal static bool IsMagnet(string source) => source.StartsWith("magnet:", StringComparison.OrdinalIgnoreCase);

    private static MagnetLink ParseMagnet(string text)
    {
        try
        {
            return MagnetLink.Parse(text);
        }
        catch (MagnetException e)
        {
            throw new CommandException(
                ExitCode.Source, "magnet link", Phrase(e.Message), "It should begin like 'magnet:?xt=urn:btih:' with 40 hexadecimal digits behind, in quotes.");
        }
    }

    private static async Task<SourceDocument> OfMagnetAsync(MagnetLink link, string subject, PeerLookup lookup, CancellationToken cancel)
    {
        if (link.InfoHashV1 is not { } infoHash)
        {
            throw OnlyV2(subject);
        }

        var source = new TorrentSource
        {
            InfoHash = infoHash,
            DisplayName = link.DisplayName,
            Selected = link.Selected,
            TrackerTiers = [.. link.Trackers.Select(tracker => TrackersOf([tracker])).Where(tier => tier.Count > 0)],
            WebSeeds = WebSeedsOf(link.WebSeeds),
            Peers = await lookup.ResolveAsync(link.Peers, cancel),
        };
        return new SourceDocument(source, Torrent: null, link.ToString());
    }

    /// <summary>Reads a .torrent.</summary>
    /// <param name="subject">What messages call it.</param>
    /// <param name="bytes">All of it.</param>
    /// <exception cref="CommandException">It is no torrent, or not of a kind that can be used.</exception>
    internal static SourceDocument OfTorrent(string subject, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var torrent = TorrentMetainfo.Parse(bytes);
            if (!torrent.Info.HasV1)
            {
                throw OnlyV2(subject);
            }

            var source = new TorrentSource
            {
                InfoHash = torrent.Info.InfoHash,
                Info = torrent.Info,
                TrackerTiers = [.. torrent.TrackerTiers.Select(TrackersOf).Where(tier => tier.Count > 0)],
                WebSeeds = WebSeedsOf(torrent.WebSeeds),
                HttpSeeds = WebSeedsOf(torrent.HttpSeeds),
                Nodes = torrent.Nodes,
                CreatedAt = torrent.CreatedAt,
            };
            return new SourceDocument(source, bytes, Magnet: null);
        }
        catch (MetainfoException e)
        {
            throw new CommandException(ExitCode.Source, subject, Phrase(e.Message), Hint(bytes.Span));
        }
    }

    /// <summary>What to tell about a torrent without SHA-1 hashes.</summary>
    internal static CommandException OnlyV2(string subject) =>
        new(ExitCode.Source, subject, "a torrent of version 2 only, which btfs cannot read yet", "Look for a hybrid or version 1 torrent of the same files.");

    private static IReadOnlyList<Uri> TrackersOf(IReadOnlyList<string> tier) => [.. UrlsOf(tier).Where(url => url.Scheme is "http" or "https" or "udp")];

    private static IReadOnlyList<Uri> WebSeedsOf(IReadOnlyList<string> urls) => [.. UrlsOf(urls).Where(url => url.Scheme is "http" or "https")];

    private static IEnumerable<Uri> UrlsOf(IReadOnlyList<string> texts) =>
        texts.Select(text => Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null).OfType<Uri>();

    /// <summary>A sentence of somebody else's as the second half of ours.</summary>
    private static string Phrase(string sentence)
    {
        var phrase = sentence.TrimEnd('.');
        return phrase.Length > 1 && char.IsUpper(phrase[0]) && !char.IsUpper(phrase[1])
            ? char.ToLower(phrase[0], CultureInfo.InvariantCulture) + phrase[1..]
            : phrase;
    }

    /// <summary>What people mean when they name something that is no torrent.</summary>
    private static string? Hint(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [] => "The file is empty; was the download cut off?",
        [(byte)'<', ..] => "It looks like a web page: the site may want a login, or another link.",
        [(byte)'d', ..] => "The file may be cut off or damaged; fetch it again.",
        _ => null,
    };
}
