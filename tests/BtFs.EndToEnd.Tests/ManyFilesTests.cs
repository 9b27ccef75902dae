namespace BtFs.EndToEnd;

/// <summary>A torrent of very many files.</summary>
public sealed class ManyFilesTests : IDisposable
{
    private const int FileCount = 100_000;
    private const int FilesInFolder = 1_000;
    private const int FileLength = 20_000;
    private const int PieceLength = 1 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_of_a_hundred_thousand_files_are_found()
    {
        await using var mount = await BtfsMount.StartAsync(_folder, WriteTorrent());

        Assert.Equal($"{FileCount}", (await mount.ShellAsync("find . -type f | wc -l")).Ok().Text);
        Assert.Equal($"{FileCount}", (await mount.ShellAsync($"find . -type f -size {FileLength}c | sort -u | wc -l")).Ok().Text);
        await mount.UnmountAsync();
    }

    private string WriteTorrent()
    {
        var pieces = new byte[(((long)FileCount * FileLength) + PieceLength - 1) / PieceLength * 20];
        var files = Enumerable.Range(0, FileCount).Select(Entry);
        var info = Bencoding.Of(new (string, object)[] { ("files", files), ("name", "many"), ("piece length", PieceLength), ("pieces", pieces) });
        var path = _folder.At("many.torrent");
        File.WriteAllBytes(path, Bencoding.Of(new (string, object)[] { ("info", new Bencoding.Raw(info)) }));
        return path;
    }

    private static object Entry(int number)
    {
        object[] path = ["folder " + (number / FilesInFolder), "a file with a name of usual length " + number];
        return new (string, object)[] { ("length", FileLength), ("path", path) };
    }
}
