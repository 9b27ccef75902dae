using System.Text;
using BtFs.Engine.Layout;
using BtFs.Fuse;
using BtFs.Protocol.Metainfo;

namespace BtFs.Mount;

/// <summary>The files and folders of a torrent, as they are shown. Immutable; safe from any thread.</summary>
/// <remarks>A torrent of one file shows that file; any other shows one folder with the torrent's name. Pad files are not shown.</remarks>
public sealed class FileTree
{
    /// <summary>Files that may lack a name of their own; a torrent with more is refused.</summary>
    public const int MaxDuplicates = 500;

    /// <summary>Longest path of a file in bytes: PATH_MAX without its NUL.</summary>
    public const int LongestPath = 4095;

    internal FileTree(IReadOnlyList<FileNode> nodes, int linksLeftOut)
    {
        Nodes = nodes;
        LinksLeftOut = linksLeftOut;
        FileCount = nodes.Count(node => node.Kind != NodeKind.Directory);
        TotalLength = nodes.Sum(node => node.Kind == NodeKind.File ? node.Length : 0);
    }

    /// <summary>Lays out a torrent's files.</summary>
    /// <param name="info">The torrent.</param>
    /// <param name="mountPointLength">Bytes of the mount point's path: with it no path may be longer than <see cref="LongestPath"/>.</param>
    /// <param name="selected">The files that are shown, each under the name that it has among all; none for all of them.</param>
    /// <exception cref="InvalidDataException">Nothing is selected that is there, or the torrent is beyond a limit; the message completes "the torrent cannot be shown: …".</exception>
    public static FileTree Of(InfoDictionary info, int mountPointLength = 0, IReadOnlyList<FileRange>? selected = null) =>
        FileTreeBuilder.Build(info, Math.Max(FileNames.LongestName, LongestPath - mountPointLength - 1), selected ?? []);

    /// <summary>Lays out a torrent's files for a folder of its own among others: what a torrent's name stands for in <see cref="Of"/> is that folder.</summary>
    /// <param name="info">The torrent.</param>
    /// <param name="folderLength">Bytes of the folder's path.</param>
    /// <param name="selected">As for <see cref="Of"/>.</param>
    /// <exception cref="InvalidDataException">As for <see cref="Of"/>.</exception>
    public static FileTree OfFolder(InfoDictionary info, int folderLength, IReadOnlyList<FileRange>? selected = null) =>
        FileTreeBuilder.BuildFolder(info, Math.Max(FileNames.LongestName, LongestPath - folderLength - 1), selected ?? []);

    /// <summary>Symbolic links that lead nowhere, out of the torrent or in circles, and are not shown.</summary>
    public int LinksLeftOut { get; }

    /// <summary>How many files and links are shown.</summary>
    public int FileCount { get; }

    /// <summary>Bytes of the shown files together.</summary>
    public long TotalLength { get; }

    /// <summary>What is shown, but for folders, in the order of the torrent.</summary>
    public IReadOnlyList<ShownFile> Files =>
    [
        .. Nodes.Where(node => node.Kind != NodeKind.Directory).OrderBy(node => node.File.Value).Select(node => new ShownFile(
            node.File.Value,
            node.ToString()[1..],
            node.Kind == NodeKind.File ? node.Length : 0,
            node.Kind == NodeKind.SymbolicLink ? Encoding.UTF8.GetString(node.Target) : null)),
    ];

    /// <summary>The files that have content, one by one, in the order of their paths from the root, which have a slash in front.</summary>
    public IEnumerable<(FileIndex File, string Path, long Length)> ReadableFiles =>
        Nodes.Where(node => node.Kind == NodeKind.File).Select(node => (node.File, node.ToString(), node.Length));

    /// <summary>Everything, the root first, each folder before what it holds.</summary>
    internal IReadOnlyList<FileNode> Nodes { get; }

    /// <summary>The folder at the mount point.</summary>
    internal FileNode Root => Nodes[0];
}
