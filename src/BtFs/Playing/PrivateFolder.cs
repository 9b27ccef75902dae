using System.Text;
using BtFs.Running;

namespace BtFs.Playing;

/// <summary>A folder of our own that nobody else may enter, for as long as something is mounted on it.</summary>
internal sealed class PrivateFolder : IDisposable
{
    private PrivateFolder(string path) => Path = path;

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>Makes one, in the user's runtime directory or else among temporary files.</summary>
    /// <param name="variable">Reads the environment.</param>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public static PrivateFolder Create(Func<string, string?> variable)
    {
        // XDG base directory specification: a relative path is to be ignored. It has fewer eyes on it than /tmp; where there is none, that will do.
        var temporary = variable("TMPDIR") is ['/', ..] named ? named : "/tmp";
        return (variable("XDG_RUNTIME_DIR") is ['/', ..] runtime ? TryCreate(runtime) : null)
            ?? TryCreate(temporary)
            ?? throw new CommandException(ExitCode.System, temporary, $"no folder can be made there: {LibC.LastError}", "Name another place in TMPDIR.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Still in use, detached, or removed by somebody else: an empty folder at most.
        }
    }

    private static unsafe PrivateFolder? TryCreate(string parent)
    {
        var template = Encoding.UTF8.GetBytes($"{parent.TrimEnd('/')}/btfs-play-XXXXXX\0");
        fixed (byte* path = template)
        {
            return LibC.mkdtemp(path) is null ? null : new PrivateFolder(Encoding.UTF8.GetString(template.AsSpan()[..^1]));
        }
    }
}
