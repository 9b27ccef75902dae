namespace BtFs.Playing;

/// <summary>A film or a piece of music in a torrent.</summary>
/// <param name="Number">Its number in <c>--list</c>, from 1.</param>
/// <param name="File">The torrent's number for it, from 0.</param>
/// <param name="Path">Its path in the mount, without a slash in front.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Kind">Video or audio.</param>
/// <param name="Subtitles">Paths of what is to be shown below it.</param>
internal sealed record MediaFile(int Number, int File, string Path, long Length, MediaKind Kind, IReadOnlyList<string> Subtitles)
{
    /// <summary>Without its folders.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Which episode it is, where its name tells.</summary>
    public EpisodeNumber? Episode { get; } = EpisodeNumber.Of(System.IO.Path.GetFileName(Path));
}
