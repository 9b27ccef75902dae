using BtFs.Fuse;

namespace BtFs.Mount;

/// <summary>Who has a file open: the label of a reader in the engine's reports.</summary>
/// <param name="Process">Its process id; 0 where it cannot be seen.</param>
/// <param name="Name">What it calls itself; null where it cannot be seen. It may call itself anything.</param>
public sealed record ReaderProgram(int Process, string? Name)
{
    private FileNode? _node;

    /// <summary>The file's path from the root of its torrent's tree, with a slash in front.</summary>
    public string Path => _node?.ToString() ?? "";

    /// <summary>Looks at <c>/proc</c>.</summary>
    internal static ReaderProgram Of(in Caller caller, FileNode node)
    {
        var process = CallerProgram.ProcessOf(caller);

        // A thread of a player is named after its task.
        return new ReaderProgram(process, CallerProgram.NameOf(process == 0 ? caller : caller with { ThreadId = (uint)process })) { _node = node };
    }
}
