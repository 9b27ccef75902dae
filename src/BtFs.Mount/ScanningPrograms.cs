using BtFs.Fuse;

namespace BtFs.Mount;

/// <summary>Programs that look into every file they find: for a picture, for words, for a virus. They get what they read, and nothing is fetched ahead.</summary>
/// <remarks>
/// Without this, opening a folder of films in a file manager would begin to download all of them. A program that is not named here is
/// taken for somebody who means what it reads; one that pretends to be on the list reads a little more slowly, and that is all.
/// </remarks>
internal static class ScanningPrograms
{
    private static readonly HashSet<string> Names = WithCut(
    [
        // Thumbnailers of the desktops, and what they start. KDE's worker names itself after its plug-in.
        "tumblerd", "ffmpegthumbnailer", "totem-video-thumbnailer", "gnome-desktop-thumbnailer", "gnome-thumbnail-font", "gdk-pixbuf-thumbnailer",
        "glycin-thumbnailer", "evince-thumbnailer", "papers-thumbnailer", "gsf-office-thumbnailer", "webp-pixbuf-thumbnailer", "kffmpegthumbnailer",
        "thumbnail.so",

        // Desktop search.
        "tracker-extract", "tracker-extract-3", "localsearch-extractor-3", "baloo_file_extractor", "recollindex", "updatedb", "updatedb.plocate",
        "updatedb.mlocate",

        // Media libraries and their tools.
        "Plex Media Scanner", "ffprobe", "mediainfo", "exiftool",

        // What a file is, and whether it is harmful.
        "file", "clamscan", "clamdscan", "clamd",
    ]);

    /// <summary>Whether the caller is one of them. Looks at <c>/proc</c>, and takes a caller that it cannot see for none.</summary>
    public static bool Include(in Caller caller) => IsOne(CallerProgram.NameOf(caller)) || IsOne(CallerProgram.FileOf(caller));

    /// <summary>Whether a program of that name, whole or as the kernel cuts it, is one of them.</summary>
    internal static bool IsOne(string? name) => name is not null && Names.Contains(name);

    private static HashSet<string> WithCut(string[] names) =>
        [.. names, .. names.Where(name => name.Length > CallerProgram.CutLength).Select(name => name[..CallerProgram.CutLength])];
}
