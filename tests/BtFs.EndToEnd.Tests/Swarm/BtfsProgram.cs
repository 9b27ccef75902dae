namespace BtFs.EndToEnd.Swarm;

/// <summary>The program under test: <c>BTFS_PROGRAM</c>, else the one that was built with these tests.</summary>
internal static class BtfsProgram
{
    public static string Path { get; } = Find();

    /// <summary>Whether it was compiled ahead of time: then no assembly lies beside it.</summary>
    public static bool IsNative => !File.Exists(System.IO.Path.ChangeExtension(Path, ".dll"));

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("BTFS_PROGRAM") is { Length: > 0 } named)
        {
            return System.IO.Path.GetFullPath(named);
        }

        // tests/BtFs.EndToEnd.Tests/bin/Debug/net10.0 → src/BtFs/bin/Debug/net10.0
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var framework = System.IO.Path.GetFileName(own);
        var configuration = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(own)!);
        return System.IO.Path.GetFullPath(System.IO.Path.Combine(own, "../../../../../src/BtFs/bin", configuration, framework, "btfs"));
    }
}
