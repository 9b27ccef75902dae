using System.Text;

namespace BtFs.Status;

/// <summary>Rows of columns, each as wide as it must be, and the last one to the edge of the page.</summary>
/// <param name="style">The page.</param>
/// <param name="indent">Columns left free before each row.</param>
/// <param name="titles">The heads; one that begins with a space belongs to numbers, which stand at the right.</param>
internal sealed class TextTable(PageStyle style, int indent, params string[] titles)
{
    private const int Gap = 2;

    /// <summary>No column but the last may be wider.</summary>
    private const int MostColumns = 40;

    private readonly List<string[]> _rows = [];

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => _rows.Count == 0;

    /// <summary>Adds a row. Text from outside may be in it: it is cleaned here.</summary>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(CleanText.Line)]);

    /// <summary>The lines: the heads, then the rows.</summary>
    public IEnumerable<string> Lines()
    {
        var widths = titles.Select((title, column) => Math.Min(_rows.Select(row => DisplayWidth.Of(row[column])).Append(title.Trim().Length).Max(), MostColumns)).ToArray();
        yield return style.Faint(Line(titles.Select(title => title.Trim()).ToArray(), widths));
        foreach (var row in _rows)
        {
            yield return Line(row, widths);
        }
    }

    private string Line(string[] cells, int[] widths)
    {
        var line = new StringBuilder().Append(' ', indent);
        for (var column = 0; column < cells.Length - 1; column++)
        {
            var fitted = DisplayWidth.Fit(cells[column], widths[column]);
            var isNumber = titles[column].StartsWith(' ');
            line.Append(isNumber ? fitted.TrimEnd().PadLeft(fitted.Length) : fitted).Append(' ', Gap);
        }

        return DisplayWidth.Cut(line.Append(cells[^1]).ToString().TrimEnd(), style.Width);
    }
}
