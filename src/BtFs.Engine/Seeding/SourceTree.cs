using System.Text;
using BtFs.Engine.Storage;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Seeding;

/// <summary>The files below a path, in the order in which a torrent will have them: by the bytes of their names, whatever the disk's order.</summary>
internal sealed class SourceTree
{
    private readonly List<(string Path, TorrentFile File)> _files = [];
    private readonly List<LeftOut> _leftOut = [];

    private SourceTree(string name, bool isSingleFile) => (Name, IsSingleFile) = (name, isSingleFile);

    /// <summary>The last name of the path.</summary>
    internal string Name { get; }

    internal bool IsSingleFile { get; }

    /// <summary>Each file with its path on the disk.</summary>
    internal IReadOnlyList<(string Path, TorrentFile File)> Files => _files;

    internal IReadOnlyList<LeftOut> LeftOut => _leftOut;

    /// <summary>Looks at everything below a path, through links to files but not through links to folders.</summary>
    /// <exception cref="IOException">Something cannot be looked at, or cannot be named in a torrent.</exception>
    internal static SourceTree Of(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var status = Posix.StatusOf(path) ?? throw Posix.LastError($"Cannot look at {path}");
        var tree = new SourceTree(NameOf(path), status.IsRegularFile);
        if (status.IsRegularFile)
        {
            tree._files.Add((path, TorrentFile.At(tree.Name, status.Length)));
        }
        else if (status.IsFolder)
        {
            tree.AddFolder(path, "", depth: 1);
        }
        else
        {
            throw new IOException($"{path} is neither a file nor a folder.");
        }

        return tree;
    }

    private void AddFolder(string folder, string prefix, int depth)
    {
        if (depth > MetainfoLimits.MaxPathDepth)
        {
            throw new IOException($"{folder} lies deeper than the {MetainfoLimits.MaxPathDepth} folders that a torrent may have.");
        }

        // By the bytes of UTF-8, so that every machine makes the same torrent of the same files.
        var entries = EntriesOf(folder).Select(path => (Path: path, Name: NameOf(path))).ToList();
        entries.Sort((a, b) => Encoding.UTF8.GetBytes(a.Name).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b.Name)));
        foreach (var (path, name) in entries)
        {
            Add(path, prefix + name, depth);
        }

        if (entries.Count == 0 && depth > 1)
        {
            _leftOut.Add(new LeftOut(folder, "a torrent has no empty folders"));
        }
    }

    private void Add(string path, string name, int depth)
    {
        if (Posix.StatusOf(path) is not { } status)
        {
            // A loop of links, or a file that went away while we looked.
            _leftOut.Add(new LeftOut(path, "a link that leads nowhere"));
        }
        else if (status.IsRegularFile)
        {
            _files.Add((path, TorrentFile.At(name, status.Length)));
        }
        else if (!status.IsFolder)
        {
            _leftOut.Add(new LeftOut(path, "neither a file nor a folder"));
        }
        else if (new DirectoryInfo(path).LinkTarget is not null)
        {
            _leftOut.Add(new LeftOut(path, "a link to a folder"));
        }
        else
        {
            AddFolder(path, name + "/", depth + 1);
        }
    }

    private static string[] EntriesOf(string folder)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static string NameOf(string path)
    {
        var name = Path.GetFileName(path);

        // .NET puts this mark for what is not UTF-8, and then cannot find the file by that name.
        return name.Length == 0 || name.Contains('\uFFFD')
            ? throw new IOException($"{path} has no name that a torrent could carry.")
            : name;
    }
}
