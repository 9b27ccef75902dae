namespace BtFs.Playing;

/// <summary>What a player does with a file.</summary>
internal enum MediaKind
{
    /// <summary>Nothing.</summary>
    None,

    Video,
    Audio,

    /// <summary>Shows it below a film.</summary>
    Subtitles,
}
