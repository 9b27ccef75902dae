using BtFs.Engine.Storage;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.Seeding;

/// <summary>The user's own files: opened for reading, never written.</summary>
internal static class SourceFiles
{
    /// <summary>Opens a regular file.</summary>
    /// <exception cref="IOException">It cannot be opened, or is none.</exception>
    internal static SafeFileHandle Open(string path)
    {
        var file = Posix.OpenForReading(path) ?? throw Posix.LastError($"Cannot open {path}");
        if (Posix.Status(file) is { IsRegularFile: true })
        {
            return file;
        }

        file.Dispose();
        throw new IOException($"{path} is not a regular file.");
    }
}
