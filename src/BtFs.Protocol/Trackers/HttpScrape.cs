using System.Diagnostics.CodeAnalysis;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Trackers;

/// <summary>Asks an HTTP tracker for counts without joining the swarm (BEP 48).</summary>
public static class HttpScrape
{
    private const string Announce = "announce";

    /// <summary>The URL to get.</summary>
    /// <returns><see langword="false"/> if the announce URL has no scrape URL: the last part of its path does not begin with <c>announce</c>.</returns>
    /// <exception cref="TrackerException">The URL brings announce parameters of its own.</exception>
    public static bool TryUrl(Uri tracker, IReadOnlyList<InfoHash> torrents, [NotNullWhen(true)] out Uri? url)
    {
        url = null;
        var last = tracker.AbsolutePath.LastIndexOf('/') + 1;
        if (!tracker.AbsolutePath.AsSpan(last).StartsWith(Announce, StringComparison.Ordinal))
        {
            return false;
        }

        var text = TrackerUrl.Begin(tracker);
        var start = tracker.GetLeftPart(UriPartial.Authority).Length + last;
        text.Remove(start, Announce.Length).Insert(start, "scrape");
        for (var i = 0; i < torrents.Count; i++)
        {
            var torrent = torrents[i];
            text.Append(i == 0 ? "info_hash=" : "&info_hash=").AppendEscaped(torrent);
        }

        url = TrackerUrl.End(text);
        return true;
    }

    /// <summary>Reads the body of an answer: what it tells about torrents, asked for or not.</summary>
    /// <exception cref="TrackerRefusedException">The tracker says no.</exception>
    /// <exception cref="TrackerException">Not a bencoded dictionary with <c>files</c>.</exception>
    public static IReadOnlyDictionary<InfoHash, ScrapeCounts> Read(ReadOnlyMemory<byte> body)
    {
        if (!TrackerBencode.ReadDictionary(body).TryGetDictionary("files"u8, out var files))
        {
            throw new TrackerException("The answer to a scrape tells of no torrent.");
        }

        var counts = new Dictionary<InfoHash, ScrapeCounts>();
        foreach (var file in files.AsDictionary())
        {
            if (file.Key.Length == InfoHash.Size)
            {
                counts[new InfoHash(file.Key.Span)] = new(
                    TrackerBencode.ReadCount(file.Value, "complete"u8) ?? 0,
                    TrackerBencode.ReadCount(file.Value, "downloaded"u8) ?? 0,
                    TrackerBencode.ReadCount(file.Value, "incomplete"u8) ?? 0);
            }
        }

        return counts;
    }
}
