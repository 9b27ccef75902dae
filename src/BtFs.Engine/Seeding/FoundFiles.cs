using System.Text;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Seeding;

/// <summary>Finds the files of a torrent where another client has put them.</summary>
/// <remarks>
/// A torrent's names are hostile: one that could lead out of the folder is not looked for. Whatever else a name leads to, its bytes count only
/// if they are the torrent's.
/// </remarks>
internal static class FoundFiles
{
    /// <summary>What clients put behind the name of a file that is not complete: Transmission and Firefox, qBittorrent, µTorrent.</summary>
    private static readonly string[] Endings = ["", ".part", ".!qB", ".!ut"];

    /// <summary>The place of each file, by the torrent's numbering.</summary>
    /// <param name="info">The torrent.</param>
    /// <param name="path">The folder that the torrent was downloaded to, the torrent's own folder in it, or its only file.</param>
    internal static PlacedFile[] Below(string path, InfoDictionary info)
    {
        var name = PartOf(info.Name);
        string[] roots = name is null || info.IsSingleFile ? [path] : [Path.Join(path, name), path];
        var found = new PlacedFile[info.Files.Count];
        var isLone = info.Files.Count(file => !file.IsPad) == 1;
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = info.Files[i] switch
            {
                { IsPad: true } => PlacedFile.Pad,
                { IsSymlink: true } => PlacedFile.Missing,
                _ when isLone && File.Exists(path) => new PlacedFile(path),
                var file => Find(roots, file),
            };
        }

        return found;
    }

    private static PlacedFile Find(string[] roots, TorrentFile file)
    {
        var parts = new string[file.Path.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            if (PartOf(file.Path[i]) is not { } part)
            {
                return PlacedFile.Missing;
            }

            parts[i] = part;
        }

        var below = Path.Join(parts);
        foreach (var root in roots)
        {
            foreach (var ending in Endings)
            {
                if (Path.Join(root, below + ending) is var path && File.Exists(path))
                {
                    return new PlacedFile(path);
                }
            }
        }

        return PlacedFile.Missing;
    }

    /// <summary>A name as one part of a path; null when it cannot be one.</summary>
    private static string? PartOf(ReadOnlyMemory<byte> name) =>
        Encoding.UTF8.GetString(name.Span) is var text && text is not ("" or "." or "..") && text.AsSpan().IndexOfAny('/', '\0') < 0 ? text : null;
}
