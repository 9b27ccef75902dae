using System.Text;
using BtFs.Engine;
using BtFs.Protocol.Metainfo;
using BtFs.Sources;
using BtFs.Status;

namespace BtFs.Libraries;

/// <summary>A torrent of a library. Changed only by its <see cref="LibraryKeeper"/>, one change at a time.</summary>
internal sealed class LibraryMember(SourceDocument document, Torrent torrent)
{
    /// <summary>What was added.</summary>
    public SourceDocument Document { get; } = document;

    /// <summary>What the engine has of it.</summary>
    public Torrent Torrent { get; } = torrent;

    /// <summary>What the status tells of it.</summary>
    public ShownTorrent Shown { get; set; } = new(torrent, Content: null, Tree: null);

    public InfoHash InfoHash => Document.Source.InfoHash;

    /// <summary>The name of its folder; null as long as nobody has told what is in it.</summary>
    public string? Name { get; set; }

    /// <summary>Whether a file in a watched folder brought it, or would.</summary>
    public bool IsWatched { get; set; }

    /// <summary>A name that its folder had in an earlier mount, and is to have again.</summary>
    public string? FormerName { get; init; }

    /// <summary>What messages call it.</summary>
    public string Called => Name ?? NameFor(Document);

    /// <summary>What messages call a torrent that has no folder.</summary>
    public static string NameFor(SourceDocument document) =>
        document.Source.Info is { } info ? CleanText.Line(Encoding.UTF8.GetString(info.Name.Span))
        : document.Source.DisplayName is { Length: > 0 } name ? CleanText.Line(name)
        : document.Source.InfoHash.ToString();
}
