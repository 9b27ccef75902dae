using System.Globalization;
using System.Text;
using BtFs.Commands;

namespace BtFs.Playing;

/// <summary>The list of what can be played, for eyes: number, size and path of each, and a mark at what would be played.</summary>
internal static class MediaTable
{
    /// <summary>A line for each file.</summary>
    public static string Of(MediaList list, IReadOnlyList<MediaFile> chosen)
    {
        var marked = chosen.Select(file => file.Number).ToHashSet();
        var width = list.Files.Count.ToString(CultureInfo.InvariantCulture).Length;
        var table = new StringBuilder();
        foreach (var file in list.Files)
        {
            var number = file.Number.ToString(CultureInfo.InvariantCulture).PadLeft(width);
            table.Append(marked.Contains(file.Number) ? '*' : ' ').Append(number).Append("  ")
                .Append(CacheListing.Size(file.Length).PadLeft(10)).Append("  ").Append(CleanText.Line(file.Path)).Append('\n');
        }

        return table.ToString();
    }
}
