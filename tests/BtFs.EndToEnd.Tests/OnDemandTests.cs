namespace BtFs.EndToEnd;

/// <summary>Only what is read is fetched, counted at the seed.</summary>
public sealed class OnDemandTests : IAsyncLifetime
{
    private const int FileCount = 10;
    private const int FileLength = 20_000_001;
    private const int PieceLength = 1 << 18;
    private const int BlockLength = 16 << 10;
    private const long ReadAheadWindow = 16 << 20;

    private readonly TemporaryFolder _folder = new();
    private TorrentFixture _torrent = null!;
    private LibtorrentSeed _seed = null!;
    private BtfsMount _mount = null!;
    private string _root = "";

    public async Task InitializeAsync()
    {
        _torrent = TorrentFixture.Make(
            _folder, "ten films", PieceLength, [.. Enumerable.Range(0, FileCount).Select(index => new FileShape($"film {index}.bin", FileLength))]);
        _seed = await LibtorrentSeed.StartAsync(_torrent);
        _mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(_seed.Address));
        _root = await Same.RootAsync(_torrent, _mount);
    }

    public async Task DisposeAsync()
    {
        await _mount.DisposeAsync();
        await _seed.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Looking_at_names_sizes_and_free_space_moves_no_content()
    {
        (await _mount.ShellAsync("ls -lR && find . -ls && du -a && df . && stat ./* && getfattr -d -R . 2>/dev/null || true")).Ok();

        var sent = await _seed.StatsAsync();
        Assert.Equal(0, sent.Payload);
        Assert.Empty(sent.Blocks);
    }

    [Fact]
    public async Task Reading_one_of_ten_files_moves_that_file_its_edge_pieces_and_at_most_one_window()
    {
        const int File = 4;
        (await Command.ShellAsync(_root, $"cmp 'film {File}.bin' '{_torrent.Disk(File)}'")).Ok();

        var sent = await _seed.StatsAsync();
        Assert.InRange(sent.Payload, FileLength, FileLength + 2 * PieceLength + ReadAheadWindow);
        Assert.DoesNotContain(sent.Blocks.Keys, piece => piece < _torrent.PiecesOf(File).First);
    }

    [Fact]
    public async Task Reading_the_start_of_a_file_moves_at_most_one_window()
    {
        (await Command.ShellAsync(_root, $"head -c 100000 'film 7.bin' | cmp - '{_torrent.Disk(7)}' -n 100000")).Ok();

        Assert.InRange((await _seed.StatsAsync()).Payload, 100_000, ReadAheadWindow + 2 * PieceLength);
    }

    [Fact]
    public async Task Reading_here_and_there_moves_little_more_than_the_pieces_read()
    {
        const int Reads = 20;
        (await Command.ShellAsync(
            _root, $"for n in $(seq 1 {Reads}); do dd if='film 2.bin' bs=64k skip=$((n * 13)) count=1 status=none; done | sha256sum")).Ok();

        // Each may touch two pieces, and the kernel itself reads 128 KiB ahead.
        Assert.InRange((await _seed.StatsAsync()).Payload, Reads * 65_536, Reads * 3 * PieceLength);
    }

    [Fact]
    public async Task A_thumbnailer_moves_what_it_reads_and_nothing_ahead()
    {
        const int Reads = 10;
        const int ReadLength = 128 << 10;
        File.Copy("/bin/dd", _folder.At("tumblerd"));
        (await Command.ShellAsync(
            _root, $"'{_folder.At("tumblerd")}' if='film 5.bin' bs={ReadLength} count={Reads} status=none | cmp - '{_torrent.Disk(5)}' -n {Reads * ReadLength}")).Ok();

        // The pieces touched, and one more for the kernel's own reading ahead of 128 KiB twice.
        var (first, _) = _torrent.PiecesOf(5);
        var last = first + (((Reads + 2) * ReadLength) / PieceLength) + 1;
        Assert.All((await _seed.StatsAsync()).Blocks.Keys, piece => Assert.InRange(piece, first, last));
    }

    [Fact]
    public async Task What_was_read_once_is_not_fetched_again()
    {
        const int Length = 4 << 20;
        var read = $"dd if='film 3.bin' bs=1M count={Length >> 20} iflag=direct status=none | cmp - '{_torrent.Disk(3)}' -n {Length}";
        var start = _torrent.PiecesOf(3).First;
        var pieces = Enumerable.Range(start, Length / PieceLength).ToList();
        (await Command.ShellAsync(_root, read)).Ok();
        await CountedAsync(pieces);
        var first = (await _seed.StatsAsync()).Blocks;

        (await Command.ShellAsync(_root, read)).Ok();

        // What is sent is counted in its order: once a later file is, whatever came before it is too.
        (await Command.ShellAsync(_root, "head -c 1 'film 8.bin'")).Ok();
        await CountedAsync([_torrent.PiecesOf(8).First]);
        var second = (await _seed.StatsAsync()).Blocks;
        Assert.All(pieces, piece => Assert.Equal(first[piece], second[piece]));
    }

    /// <summary>The seed counts a block a moment after the reader has it.</summary>
    private Task CountedAsync(IReadOnlyList<int> pieces) => Eventually.TrueAsync("the seed has counted what it sent", TimeSpan.FromSeconds(10), async () =>
    {
        var sent = (await _seed.StatsAsync()).Blocks;
        return pieces.All(piece => sent.GetValueOrDefault(piece) >= PieceLength / BlockLength);
    });
}
