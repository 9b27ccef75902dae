namespace BtFs.EndToEnd.Machine;

/// <summary>What the kernel says is mounted (proc_pid_mountinfo(5)); asks no file system anything, so it never blocks.</summary>
internal static class MountTable
{
    private const int MountPointField = 4;

    public static bool Has(string path) => Paths().Contains(path);

    public static IReadOnlyList<string> Below(string folder) =>
        [.. Paths().Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal))];

    /// <summary>The whole line of a mount: options, type, source.</summary>
    public static string? Line(string path) =>
        File.ReadLines("/proc/self/mountinfo").LastOrDefault(line => line.Split(' ')[MountPointField] == Escaped(path));

    private static IEnumerable<string> Paths() =>
        File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')[MountPointField].Replace("\\040", " "));

    private static string Escaped(string path) => path.Replace(" ", "\\040");
}
