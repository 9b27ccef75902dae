namespace BtFs.EndToEnd.Packages;

/// <summary>The sources that these tests were built from.</summary>
internal static class Sources
{
    // tests/BtFs.EndToEnd.Tests/bin/Release/net10.0
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));

    /// <summary>Where a file of theirs is.</summary>
    public static string At(string path) => Path.Combine(Folder, path);

    /// <summary>Runs one of their scripts.</summary>
    public static async Task<string> RunAsync(string script, params IEnumerable<string> words) =>
        (await new Command(At(script), words).With("DPKG_DEB_COMPRESSOR_TYPE", "none").RunAsync()).Ok().Text;
}
