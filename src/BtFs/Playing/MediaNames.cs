namespace BtFs.Playing;

/// <summary>What files are, by their names: nothing has been fetched when it has to be known.</summary>
internal static class MediaNames
{
    private static readonly HashSet<string> Video = Extensions(
        "3g2 3gp asf avi divx f4v flv m2ts m2v m4v mkv mov mp4 mpe mpeg mpg mts mxf ogm ogv qt rm rmvb ts vob webm wmv y4m");

    private static readonly HashSet<string> Audio = Extensions(
        "aac ac3 aif aiff alac amr ape au caf dff dsf dts eac3 flac m4a m4b mid midi mka mp2 mp3 mpc oga ogg opus ra spx tak tta wav wma wv");

    private static readonly HashSet<string> Subtitles = Extensions("ass idx smi srt ssa sub sup ttml vtt");

    private static readonly HashSet<string> ExtraFolders = Words(
        "sample samples proof trailer trailers extra extras bonus featurette featurettes interviews scenes shorts");

    private static readonly HashSet<string> ExtraWords = Words("sample trailer teaser");

    private static readonly HashSet<string> SubtitleFolders = Words("subs sub subtitles subtitle vobsubs");

    /// <summary>What a file is.</summary>
    /// <param name="path">Its path or name.</param>
    public static MediaKind KindOf(string path)
    {
        var extension = Path.GetExtension(path).TrimStart('.');
        return Video.Contains(extension) ? MediaKind.Video
            : Audio.Contains(extension) ? MediaKind.Audio
            : Subtitles.Contains(extension) ? MediaKind.Subtitles
            : MediaKind.None;
    }

    /// <summary>Whether it lies in a folder for samples, trailers and the like.</summary>
    public static bool IsInExtraFolder(string path) => path.Split('/').SkipLast(1).Any(ExtraFolders.Contains);

    /// <summary>Whether its name says that it is a sample or a trailer.</summary>
    public static bool IsNamedExtra(string path) =>
        Path.GetFileNameWithoutExtension(path).Split([' ', '.', '-', '_', '(', ')', '[', ']'], StringSplitOptions.RemoveEmptyEntries).Any(ExtraWords.Contains);

    /// <summary>Whether a folder of that name holds subtitles.</summary>
    public static bool IsSubtitleFolder(string name) => SubtitleFolders.Contains(name);

    private static HashSet<string> Extensions(string words) => Words(words);

    private static HashSet<string> Words(string words) => new(words.Split(' '), StringComparer.OrdinalIgnoreCase);
}
