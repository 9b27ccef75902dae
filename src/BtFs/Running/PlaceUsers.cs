namespace BtFs.Running;

/// <summary>Who has files open in a folder, or stands in it: as far as this user may see.</summary>
internal static class PlaceUsers
{
    private const int Most = 5;

    /// <summary>Processes, as <c>mpv (1234)</c>; five at most, then <c>…</c>. The folder itself is not touched.</summary>
    /// <param name="directory">Absolute.</param>
    /// <param name="proc">The process file system.</param>
    public static IReadOnlyList<string> Of(string directory, string proc)
    {
        var users = new List<string>();
        foreach (var process in Directory.EnumerateDirectories(proc).Where(entry => Path.GetFileName(entry).All(char.IsAsciiDigit)))
        {
            if (!Uses(process, directory))
            {
                continue;
            }

            if (users.Count == Most)
            {
                users.Add("…");
                break;
            }

            users.Add($"{NameOf(process)} ({Path.GetFileName(process)})");
        }

        return users;
    }

    private static bool Uses(string process, string directory)
    {
        try
        {
            return IsIn(new FileInfo(Path.Join(process, "cwd")).LinkTarget, directory)
                || IsIn(new FileInfo(Path.Join(process, "root")).LinkTarget, directory)
                || Directory.EnumerateFileSystemEntries(Path.Join(process, "fd")).Any(entry => IsIn(new FileInfo(entry).LinkTarget, directory));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is somebody else's.
            return false;
        }
    }

    private static bool IsIn(string? path, string directory) =>
        path is not null && (path == directory || path.StartsWith(directory.TrimEnd('/') + '/', StringComparison.Ordinal));

    private static string NameOf(string process)
    {
        try
        {
            return CleanText.Line(File.ReadAllText(Path.Join(process, "comm")).Trim());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "?";
        }
    }
}
