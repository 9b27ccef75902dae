namespace BtFs.EndToEnd;

/// <summary>Compares a mount with what the seed has on its disk.</summary>
internal static class Same
{
    private static readonly TimeSpan ReadWithin = TimeSpan.FromSeconds(25);

    /// <summary>Every file has the seed's SHA-256, and there is no other file.</summary>
    public static async Task ContentAsync(TorrentFixture torrent, BtfsMount mount)
    {
        Assert.Equal(await HashesAsync(Path.Combine(torrent.SaveFolder, torrent.IsSingleFile ? "" : torrent.Name)), await HashesAsync(await RootAsync(torrent, mount)));
    }

    /// <summary>Where the torrent's files begin inside the mount: some programs show the torrent's own folder, some only what is in it.</summary>
    public static Task<string> RootAsync(TorrentFixture torrent, BtfsMount mount)
    {
        var named = mount.At(torrent.Name);
        return Task.FromResult(!torrent.IsSingleFile && Directory.Exists(named) ? named : mount.Path);
    }

    /// <summary>"hash  path" for each file below a folder, in one fixed order; names may be any bytes.</summary>
    public static async Task<string> HashesAsync(string folder) =>
        (await new Command("sh", "-c", "find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum").In(folder).Within(ReadWithin).RunAsync()).Ok().Text;

    /// <summary>The SHA-256 of each file below a folder, without its name.</summary>
    public static async Task<IReadOnlyList<string>> SumsAsync(string folder) =>
        [.. (await HashesAsync(folder)).Split('\n').Select(line => line.TrimStart('\\').Split(' ')[0])];
}
