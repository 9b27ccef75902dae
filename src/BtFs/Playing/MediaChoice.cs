using System.Globalization;
using System.IO.Enumeration;

namespace BtFs.Playing;

/// <summary>What of a torrent is to be played, and in which order.</summary>
internal static class MediaChoice
{
    /// <summary>A sample is this much shorter than what it is a sample of, at least.</summary>
    private const int SampleFraction = 4;

    /// <summary>An episode that is this much shorter than the longest is none: what a season has beside its episodes.</summary>
    private const int EpisodeFraction = 10;

    /// <summary>The files that somebody means who says nothing: the film; the season; the album.</summary>
    /// <param name="list">What there is.</param>
    /// <returns>In the order of playing; empty when there is nothing to play.</returns>
    public static IReadOnlyList<MediaFile> Usual(MediaList list)
    {
        var films = list.Files.Where(file => file.Kind == MediaKind.Video).ToList();
        var music = list.Files.Where(file => file.Kind == MediaKind.Audio).ToList();
        return music.Sum(file => file.Length) > films.Sum(file => file.Length) ? music : Films(films);
    }

    /// <summary>The files that somebody names.</summary>
    /// <param name="list">What there is.</param>
    /// <param name="pattern">A number of the list; or a path, a folder, a name, with <c>*</c> and <c>?</c> as in a shell, large and small letters alike.</param>
    public static IReadOnlyList<MediaFile> Named(MediaList list, string pattern)
    {
        if (int.TryParse(pattern, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= list.Files.Count)
        {
            return [list.Files[number - 1]];
        }

        var expression = pattern.Trim('/');
        return InOrder([.. list.Files.Where(file => Matches(expression, file))]);
    }

    private static IReadOnlyList<MediaFile> Films(IReadOnlyList<MediaFile> films)
    {
        if (films.Count == 0)
        {
            return [];
        }

        var longest = films.Max(film => film.Length);
        var proper = films
            .Where(film => !MediaNames.IsInExtraFolder(film.Path) && !(MediaNames.IsNamedExtra(film.Path) && film.Length < longest / SampleFraction))
            .ToList();
        if (proper.Count == 0)
        {
            proper = [.. films];
        }

        var main = proper.MaxBy(film => film.Length)!;
        var episodeLike = proper.Where(film => film.Length >= main.Length / EpisodeFraction).ToList();
        var episodes = episodeLike.Where(film => film.Episode is not null).ToList();
        if (episodes.Count > 1)
        {
            return InOrder(episodes);
        }

        // "part 1", "part 2"; "01 - …", "02 - …" beside each other; the same name in "CD1" and "CD2".
        var parts = episodeLike.Where(film => PatternOf(film) == PatternOf(main)).ToList();
        return parts.Count > 1 ? InOrder(parts) : [main];
    }

    private static IReadOnlyList<MediaFile> InOrder(IReadOnlyList<MediaFile> files) => files.All(file => file.Episode is not null)
        ? [.. files.OrderBy(file => file.Episode).ThenBy(file => file.Number)]
        : [.. files.OrderBy(file => file.Number)];

    /// <summary>What it has in common with its neighbours: folders but for their numbers, and the name up to its first number.</summary>
    private static (string Folder, string Before) PatternOf(MediaFile file)
    {
        var name = file.Name;
        var digit = name.AsSpan().IndexOfAnyInRange('0', '9');
        return (WithoutNumbers(file.Path[..^name.Length]), (digit < 0 ? name : name[..digit]).ToUpperInvariant());
    }

    private static string WithoutNumbers(string folder) => string.Concat(folder.Where(c => !char.IsAsciiDigit(c))).ToUpperInvariant();

    private static bool Matches(string expression, MediaFile file)
    {
        for (var folder = file.Path; folder.Length > 0; folder = folder.LastIndexOf('/') is > 0 and var end ? folder[..end] : "")
        {
            if (FileSystemName.MatchesSimpleExpression(expression, folder) || FileSystemName.MatchesSimpleExpression(expression, Path.GetFileName(folder)))
            {
                return true;
            }
        }

        return false;
    }
}
