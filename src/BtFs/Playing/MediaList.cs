using BtFs.Mount;

namespace BtFs.Playing;

/// <summary>What of a torrent a player can play, numbered in the order in which it would be watched or heard.</summary>
internal sealed class MediaList
{
    private MediaList(IReadOnlyList<MediaFile> files) => Files = files;

    /// <summary>Films first, then music.</summary>
    public IReadOnlyList<MediaFile> Files { get; }

    /// <summary>Looks through a torrent.</summary>
    /// <param name="shown">Its files; links and empty files are passed over.</param>
    public static MediaList Of(IReadOnlyList<ShownFile> shown)
    {
        var files = shown.Where(file => file.LinksTo is null && file.Length > 0).ToList();
        var subtitles = new SubtitleShelf([.. files.Select(file => file.Path).Where(path => MediaNames.KindOf(path) == MediaKind.Subtitles)]);
        var media = files
            .Select(file => (File: file, Kind: MediaNames.KindOf(file.Path)))
            .Where(file => file.Kind is MediaKind.Video or MediaKind.Audio)
            .OrderBy(file => file.Kind)
            .ThenBy(file => file.File.Path, NaturalOrder.Comparer)
            .ToList();
        var films = media.Count(file => file.Kind == MediaKind.Video);
        return new MediaList(
        [
            .. media.Select((file, index) => new MediaFile(
                index + 1,
                file.File.Number,
                file.File.Path,
                file.File.Length,
                file.Kind,
                file.Kind == MediaKind.Video ? subtitles.For(file.File.Path, isOnlyFilm: films == 1) : [])),
        ]);
    }
}
