using BtFs.Engine;
using BtFs.Mount;

namespace BtFs.Status;

/// <summary>A torrent of a mount.</summary>
/// <param name="Torrent">The engine's side of it.</param>
/// <param name="Content">Its files; null while nobody has told what is in it.</param>
/// <param name="Tree">How they are shown; null likewise.</param>
/// <param name="Folder">Where its tree begins, from the mount point: empty for the mount point itself, else with a slash in front.</param>
internal sealed record ShownTorrent(Torrent Torrent, ITorrentContent? Content, FileTree? Tree, string Folder = "");
