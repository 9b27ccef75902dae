namespace BtFs.Playing;

/// <summary>Which subtitles belong to which film: those beside it that are named like it, and those in a folder for subtitles beside it.</summary>
/// <param name="paths">All subtitles of a torrent.</param>
internal sealed class SubtitleShelf(IReadOnlyList<string> paths)
{
    /// <summary>More than anybody chooses among.</summary>
    private const int Most = 20;

    private readonly ILookup<string, string> _byFolder = paths.Where(IsSafe).ToLookup(FolderOf);

    /// <summary>The subtitles of a film, in natural order.</summary>
    /// <param name="film">Its path.</param>
    /// <param name="isOnlyFilm">Whether whatever lies in a folder for subtitles must be meant for it.</param>
    public IReadOnlyList<string> For(string film, bool isOnlyFilm)
    {
        var folder = FolderOf(film);
        var stem = Path.GetFileNameWithoutExtension(film);
        var found = _byFolder.SelectMany(group => group.Where(path => group.Key == folder ? IsNamedLike(path, stem) : IsOnShelf(group.Key, path)));
        return [.. found.Order(NaturalOrder.Comparer).Take(Most)];

        bool IsOnShelf(string shelf, string path)
        {
            // Film/Subs/…, or Film/Subs/NAME OF THE FILM/…
            if (MediaNames.IsSubtitleFolder(Path.GetFileName(shelf)) && FolderOf(shelf) == folder)
            {
                return isOnlyFilm || IsNamedLike(path, stem);
            }

            return Path.GetFileName(shelf) == stem && MediaNames.IsSubtitleFolder(Path.GetFileName(FolderOf(shelf))) && FolderOf(FolderOf(shelf)) == folder;
        }
    }

    /// <summary>As <c>film.srt</c> and <c>film.en.srt</c> are of <c>film.mkv</c>, and <c>film 2.srt</c> is not.</summary>
    private static bool IsNamedLike(string path, string stem)
    {
        var name = Path.GetFileName(path);
        return name.Length > stem.Length && name.StartsWith(stem, StringComparison.OrdinalIgnoreCase) && name[stem.Length] is '.' or '_';
    }

    /// <summary>Names go to players as part of a word; one with control characters could be taken for more than one.</summary>
    private static bool IsSafe(string path) => !path.Any(char.IsControl);

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var end ? path[..end] : "";
}
