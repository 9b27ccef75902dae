using System.Text;

namespace BtFs.EndToEnd;

/// <summary>A torrent cannot reach outside its mount, whatever names it brings.</summary>
public sealed class HostileTorrentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Names_that_point_elsewhere_become_names_inside_the_mount()
    {
        var torrent = TorrentFixture.Make(
            _folder, "escape", 32_768,
            Shape(100, "..", "..", "etc", "passwd"),
            Shape(200, "/etc/shadow"),
            Shape(300, "a", "../../b"),
            Shape(400, "."),
            Shape(500, ""),
            Shape(600, "nul\0inside"),
            Shape(700, "\u001b]0;title\u0007bell"));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address));

        // The seed keeps them by number; here they have names, all below the mount, without anything that drives a terminal.
        var listed = (await mount.ShellAsync("find . -type f -print0 | tr '\\0' '\\n'")).Ok().Text.Split('\n');
        Assert.Equal(torrent.Files.Count, listed.Length);
        Assert.DoesNotContain(listed, path => path.Any(char.IsControl) || path.Split('/').Contains(".."));
        var read = await Same.SumsAsync(mount.Path);
        Assert.Equal((await Same.SumsAsync(torrent.SaveFolder)).Order(), read.Order());
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Two_files_of_one_name_are_both_shown()
    {
        var torrent = TorrentFixture.Make(_folder, "twins", 32_768, Shape(100, "a.txt"), Shape(200, "b", "x"), Shape(300, "b"));
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.TorrentFile);

        Assert.Equal("3", (await mount.ShellAsync("find . -type f | wc -l")).Ok().Text);
        await mount.UnmountAsync();
    }

    private static FileShape Shape(long length, params string[] path) => new([.. path.Select(Encoding.UTF8.GetBytes)], length);
}
