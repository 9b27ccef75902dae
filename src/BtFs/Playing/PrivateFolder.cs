using System.Text;
using BtFs.Running;

namespace BtFs.Playing;

/// <summary>A folder of our own that nobody else may enter, for as long as something is mounted on it.</summary>
internal sealed class PrivateFolder : IDisposable
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private PrivateFolder(string path) => Path = path;

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>Makes one, in the user's runtime directory or else among temporary files.</summary>
    /// <param name="variable">Reads the environment.</param>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public static unsafe PrivateFolder Create(Func<string, string?> variable)
    {
        // XDG base directory specification: 0700 and absolute, or to be ignored.
        var runtime = variable("XDG_RUNTIME_DIR") is ['/', ..] named && Directory.Exists(named) && (File.GetUnixFileMode(named) & Others) == 0 ? named : null;
        var parent = runtime ?? (variable("TMPDIR") is ['/', ..] temporary ? temporary : "/tmp");
        var template = Encoding.UTF8.GetBytes($"{parent.TrimEnd('/')}/btfs-play-XXXXXX\0");
        fixed (byte* path = template)
        {
            return LibC.mkdtemp(path) is not null
                ? new PrivateFolder(Encoding.UTF8.GetString(template.AsSpan()[..^1]))
                : throw new CommandException(
                    ExitCode.System, parent, $"no folder can be made there: {LibC.LastError}", "Name another place in TMPDIR.");
        }
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
}
