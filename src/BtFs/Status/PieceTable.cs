using System.Globalization;
using BtFs.Status.Document;

namespace BtFs.Status;

/// <summary>The pieces of torrents, run by run.</summary>
internal static class PieceTable
{
    /// <summary>Every run of a mount, in pieces and how many copies there are of how many.</summary>
    public static IEnumerable<string> Lines(StatusDocument document, PageStyle style) =>
        All(document).Select(line => DisplayWidth.Cut(CleanText.Line(line), style.Width));

    private static IEnumerable<string> All(StatusDocument document)
    {
        foreach (var torrent in document.Torrents)
        {
            yield return torrent.Name;
            if (torrent.Pieces is not { } pieces)
            {
                continue;
            }

            yield return string.Create(CultureInfo.InvariantCulture, $"{pieces.Count} pieces of {pieces.Length} bytes: {pieces.Have} here, {pieces.UnderWay} under way");
            for (var copies = 0; copies < pieces.Copies.Count; copies++)
            {
                if (pieces.Copies[copies] > 0)
                {
                    yield return string.Create(CultureInfo.InvariantCulture, $"copies {copies}: {Amounts.Count(pieces.Copies[copies], "piece")}");
                }
            }

            foreach (var run in pieces.Runs)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{run.First}-{run.First + run.Count - 1} {run.State}");
            }
        }
    }
}
