namespace BtFs.EndToEnd;

/// <summary>Every shape of torrent reads as the seed has it.</summary>
public sealed class ContentTests : IDisposable
{
    private const int SmallPiece = 32_768;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_of_any_length_in_folders_of_any_depth_read_as_the_seed_has_them()
    {
        var torrent = TorrentFixture.Make(
            _folder, "mixed", SmallPiece,
            new FileShape("one byte", 1),
            new FileShape("empty", 0),
            new FileShape("a/b/c/d/e/f/g/deep.bin", 1_000_003),
            new FileShape("a/shares a piece", 777),
            new FileShape("a/shares it too", 778),
            new FileShape("a/two pieces.bin", 2 * SmallPiece),
            new FileShape("a/empty at a border", 0),
            new FileShape("z/last", 13));

        await AssertSameAsync(torrent);
    }

    [Fact]
    public async Task A_torrent_of_one_file_shows_that_file()
    {
        var torrent = TorrentFixture.MakeSingle(_folder, "a film.bin", 1 << 18, new FileShape("a film.bin", 3_333_333));

        await AssertSameAsync(torrent);
    }

    [Fact]
    public async Task A_torrent_of_one_byte_is_read()
    {
        var torrent = TorrentFixture.MakeSingle(_folder, "byte", SmallPiece, new FileShape("byte", 1));

        await AssertSameAsync(torrent);
    }

    [Fact]
    public async Task Names_in_any_script_with_spaces_and_as_long_as_a_disk_allows_stay_as_they_are()
    {
        var torrent = TorrentFixture.Make(
            _folder, "names of all kinds ✓", SmallPiece,
            new FileShape(" leading and  double  spaces ", 10),
            new FileShape("日本語/файл.txt", 20_000),
            new FileShape("e\u0301 and \u00e9 are two names/e\u0301", 30),
            new FileShape("e\u0301 and \u00e9 are two names/\u00e9", 40),
            new FileShape("emoji 🎬/-rf *;$(id) \"quoted\" 'twice'", 50),
            new FileShape(new string('x', 251) + ".txt", 60),
            new FileShape(string.Concat(Enumerable.Repeat("ü", 127)) + "y", 70));

        await AssertSameAsync(torrent);
    }

    [Fact]
    public async Task A_name_that_is_not_UTF_8_gets_a_name_that_works()
    {
        byte[] latin1 = [.. "caf"u8, 0xE9, .. ".txt"u8];
        byte[] latin2 = [.. "caf"u8, 0xE8, .. ".txt"u8];
        var torrent = TorrentFixture.Make(
            _folder, "old", SmallPiece, new FileShape([latin1], 1_000), new FileShape([latin2], 2_000), new FileShape("good.txt", 3_000));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address));

        var names = (await mount.ShellAsync("find . -type f -size -10k | wc -l; find . -name 'caf*.txt' | wc -l")).Ok().Text;
        Assert.Equal("3\n2", names);
        var expected = await Same.SumsAsync(torrent.SaveFolder);
        var read = await Same.SumsAsync(mount.Path);
        Assert.Equal(expected.Order(), read.Order());
    }

    [Fact]
    public async Task A_file_of_more_than_4_GiB_reads_right_at_its_end_and_around_32_and_33_bits()
    {
        const long Length = (9L << 30) + 12_345;
        const long Island = 64L << 20;
        const string Name = "huge.bin";
        var torrent = TorrentFixture.MakeSingle(_folder, Name, 4 << 20, new FileShape(Name, Length, Island));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address));

        Assert.Equal(Length, new FileInfo(mount.At(Name)).Length);
        foreach (var offset in new[] { 0, (2L << 30) - 100, (4L << 30) - 1, (4L << 30) + Island - 7, 8L << 30, Length - 70_000 })
        {
            Assert.Equal(Read(torrent.Disk(0), offset), Read(mount.At(Name), offset));
        }
    }

    [Fact]
    public async Task Ten_thousand_small_files_are_listed_and_read()
    {
        const int Count = 10_000;
        var torrent = TorrentFixture.Make(
            _folder, "many", 1 << 18,
            [.. Enumerable.Range(0, Count).Select(index => new FileShape($"folder {index % 100:D2}/file {index:D5}.txt", index % 1_009))]);

        await AssertSameAsync(torrent);
    }

    [Fact]
    public async Task The_same_torrent_from_a_magnet_and_from_its_file_is_the_same_tree()
    {
        var torrent = TorrentFixture.Make(_folder, "twice", SmallPiece, new FileShape("a/b", 100), new FileShape("c", 40_000));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var first = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address));
        await using var second = await BtfsMount.StartAsync(_folder, torrent.TorrentFile);

        const string Listing = "find . -printf '%p %s %m %i\\n' | sort";
        Assert.Equal((await first.ShellAsync(Listing)).Ok().Text, (await second.ShellAsync(Listing)).Ok().Text);
    }

    private async Task AssertSameAsync(TorrentFixture torrent)
    {
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address));
        await Same.ContentAsync(torrent, mount);
        await mount.UnmountAsync();
    }

    private static string Read(string path, long offset)
    {
        using var file = File.OpenHandle(path);
        var buffer = new byte[100_000];
        var count = RandomAccess.Read(file, buffer, offset);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(buffer.AsSpan(0, count))) + $" of {count}";
    }
}
