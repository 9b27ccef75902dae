using BtFs.Status.Document;

namespace BtFs.Status;

/// <summary>The pieces of a torrent in one line: <c>#</c> all here, <c>+</c> some here, <c>~</c> under way, <c>.</c> nothing.</summary>
internal static class PieceBar
{
    /// <summary>The bar.</summary>
    /// <param name="pieces">The pieces; where their runs end early, the rest counts as missing.</param>
    /// <param name="width">Columns.</param>
    public static string Of(PiecesEntry pieces, int width)
    {
        var count = Math.Max(pieces.Count, 1);
        var have = new double[width];
        var underWay = new double[width];
        foreach (var run in pieces.Runs)
        {
            if (run.State != "missing")
            {
                Fill(run.State == "have" ? have : underWay, (double)run.First * width / count, (double)((long)run.First + run.Count) * width / count);
            }
        }

        return string.Create(width, (have, underWay), static (bar, shares) =>
        {
            for (var i = 0; i < bar.Length; i++)
            {
                // Thirds of a piece add up to not quite one.
                bar[i] = shares.have[i] > 0.999 ? '#' : shares.underWay[i] > 0 ? '~' : shares.have[i] > 0 ? '+' : '.';
            }
        });
    }

    private static void Fill(double[] cells, double from, double to)
    {
        for (var cell = (int)Math.Clamp(from, 0, cells.Length); cell < cells.Length && cell < to; cell++)
        {
            cells[cell] += Math.Min(to, cell + 1) - Math.Max(from, cell);
        }
    }
}
