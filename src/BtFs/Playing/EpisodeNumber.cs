using System.Globalization;
using System.Text.RegularExpressions;

namespace BtFs.Playing;

/// <summary>Which episode of which season a file is, as its name tells: <c>S01E02</c>, <c>1x02</c>.</summary>
/// <param name="Season">From 0, where the specials are.</param>
/// <param name="Episode">From 0.</param>
internal readonly partial record struct EpisodeNumber(int Season, int Episode) : IComparable<EpisodeNumber>
{
    /// <summary>Looks for a number in a name.</summary>
    /// <param name="name">Of a file, without folders.</param>
    public static EpisodeNumber? Of(string name)
    {
        var match = Lettered().Match(name);
        match = match.Success ? match : Crossed().Match(name);
        return match.Success ? new EpisodeNumber(Number(match.Groups[1]), Number(match.Groups[2])) : null;
    }

    /// <inheritdoc/>
    public int CompareTo(EpisodeNumber other) => (Season, Episode).CompareTo((other.Season, other.Episode));

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<![a-z0-9])s([0-9]{1,4})[ ._-]{0,3}ep?([0-9]{1,4})(?![0-9])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Lettered();

    // 1920x1080 is none.
    [GeneratedRegex(@"(?<![a-z0-9])([0-9]{1,2})x([0-9]{2,3})(?![0-9a-z])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Crossed();
}
