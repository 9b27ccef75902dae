using BtFs.Fuse;

namespace BtFs.Mount.Scanning;

/// <summary>Programs that look into every file they find: for a picture, for words, for a virus. They get what they read, and nothing is fetched ahead.</summary>
/// <remarks>
/// Without this, opening a folder of films in a file manager would begin to download all of them. A program that is not named here is
/// taken for somebody who means what it reads; one that pretends to be on the list reads less than others, and that is all.
/// </remarks>
internal static class ScanningPrograms
{
    private static readonly ProgramNames Glancing = new(
    [
        // Thumbnailers of the desktops, and what they start. KDE's worker names itself after its plug-in.
        "tumblerd", "ffmpegthumbnailer", "totem-video-thumbnailer", "gnome-desktop-thumbnailer", "gnome-thumbnail-font", "gdk-pixbuf-thumbnailer",
        "glycin-thumbnailer", "evince-thumbnailer", "papers-thumbnailer", "gsf-office-thumbnailer", "webp-pixbuf-thumbnailer", "kffmpegthumbnailer",
        "thumbnail.so",

        // Media libraries and their tools.
        "Plex Media Scanner", "ffprobe", "mediainfo", "exiftool",

        // Lists of names, and what a file is.
        "updatedb", "updatedb.plocate", "updatedb.mlocate", "file",
    ]);

    private static readonly ProgramNames Sweeping = new(
    [
        // Desktop search.
        "tracker-extract", "tracker-extract-3", "localsearch-extractor-3", "baloo_file_extractor", "recollindex",

        // Whether a file is harmful.
        "clamscan", "clamdscan", "clamd",
    ]);

    /// <summary>How a program of that name, whole or as the kernel cuts it, reads; null for one that is no scanner.</summary>
    public static ScannerKind? KindOf(string? name) =>
        Glancing.Contain(name) ? ScannerKind.Glancing
        : Sweeping.Contain(name) ? ScannerKind.Sweeping
        : null;
}
