using System.Globalization;
using BtFs.Status.Document;

namespace BtFs.Status;

/// <summary>The peers of torrents.</summary>
internal static class PeerTable
{
    private const string Flags = "flags: i called us, e encrypted, d we want what it has, D and it serves us, u it wants what we have, U and we serve it, ! sent corrupt data";

    /// <summary>Every peer of a mount.</summary>
    public static IEnumerable<string> Lines(StatusDocument document, PageStyle style)
    {
        foreach (var torrent in document.Torrents)
        {
            yield return DisplayWidth.Cut(CleanText.Line($"{torrent.Name}: {Amounts.Count(torrent.PeersConnected, "peer")}, {Amounts.Count(torrent.WebSeeds, "web seed")}, {torrent.PeersKnown} known"), style.Width);
            foreach (var line in Of(torrent.Peers, style).Lines())
            {
                yield return line;
            }
        }

        yield return Flags;
    }

    /// <summary>A table of some.</summary>
    public static TextTable Of(IEnumerable<PeerEntry> peers, PageStyle style)
    {
        var table = new TextTable(style, indent: 4, "PEER", "WAY", "FLAGS", " HAS", " DOWN", " UP", " RTT", " OWES", "CLIENT");
        foreach (var peer in peers)
        {
            table.Add(
                peer.Address,
                peer.Transport,
                FlagsOf(peer),
                peer.Share is { } share ? Amounts.Percent(share, 1) : "-",
                Amounts.Rate(peer.DownloadRate),
                Amounts.Rate(peer.UploadRate),
                string.Create(CultureInfo.InvariantCulture, $"{Math.Round(peer.RoundTrip * 1000)} ms"),
                peer.Requested.ToString(CultureInfo.InvariantCulture),
                peer.Client);
        }

        return table;
    }

    /// <summary>As other clients write them.</summary>
    private static string FlagsOf(PeerEntry peer)
    {
        var flags = (peer.Incoming ? "i" : "")
            + (peer.Encrypted ? "e" : "")
            + (!peer.WeAreInterested ? "" : peer.ChokesUs ? "d" : "D")
            + (!peer.Interested ? "" : peer.WeChoke ? "u" : "U")
            + (peer.Suspect ? "!" : "");
        return flags.Length == 0 ? "-" : flags;
    }
}
