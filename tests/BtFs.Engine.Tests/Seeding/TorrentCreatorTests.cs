using System.Diagnostics;
using System.Text;
using BtFs.Engine.Seeding;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Tests.Seeding;

public sealed class TorrentCreatorTests : IDisposable
{
    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_becomes_its_files_in_the_order_of_their_names_bytes()
    {
        var zebra = _folder.Write("zebra", 100_000, seed: 1);
        var song = _folder.Write("cd/song", 70_001, seed: 2);
        var capital = _folder.Write("Zoo", 5, seed: 3);
        _folder.Write("empty", 0);
        var umlaut = _folder.Write("äpfel", 1, seed: 4);
        var torrent = await CreateAsync();

        var info = torrent.Metainfo.Info;
        Assert.Equal("album", Encoding.UTF8.GetString(info.Name.Span));
        Assert.Equal(["Zoo", "cd/song", "empty", "zebra", "äpfel"], info.Files.Select(NameOf));
        Assert.Equal(["Zoo", "cd/song", "empty", "zebra", "äpfel"], torrent.Paths.Select(path => Path.GetRelativePath(_folder.Root, path)));
        byte[] content = [.. capital, .. song, .. zebra, .. umlaut];
        Assert.Equal(TorrentWriter.HashPieces(content, info.PieceLength), Hashes(info));
        Assert.Empty(torrent.LeftOut);
    }

    [Fact]
    public async Task A_lone_file_becomes_a_torrent_of_its_own_name()
    {
        var bytes = _folder.Write("film.mkv", 3_000_000);
        var torrent = await TorrentCreator.CreateAsync(_folder["film.mkv"], new CreationOptions(), null, CancellationToken.None);

        Assert.True(torrent.Metainfo.Info.IsSingleFile);
        Assert.Equal("film.mkv", Encoding.UTF8.GetString(torrent.Metainfo.Info.Name.Span));
        Assert.Equal(TorrentWriter.HashPieces(bytes, torrent.Metainfo.Info.PieceLength), Hashes(torrent.Metainfo.Info));
        Assert.Equal([_folder["film.mkv"]], torrent.Paths);
    }

    [Fact]
    public async Task The_same_files_make_the_same_torrent()
    {
        _folder.Write("b", 10);
        _folder.Write("a", 10);
        var first = await CreateAsync();
        File.SetLastWriteTimeUtc(_folder["a"], DateTime.UnixEpoch);
        var second = await CreateAsync();

        Assert.True(first.Bytes.Span.SequenceEqual(second.Bytes.Span));
    }

    [Fact]
    public async Task Whatever_is_left_out_is_named()
    {
        _folder.Write("file", 10);
        Directory.CreateDirectory(_folder["hollow"]);
        Process.Start("mkfifo", [_folder["fifo"]]).WaitForExit();
        File.CreateSymbolicLink(_folder["dangling"], "nowhere");
        File.CreateSymbolicLink(_folder["loop"], ".");
        File.CreateSymbolicLink(_folder["same"], "file");
        var torrent = await CreateAsync();

        Assert.Equal(["file", "same"], torrent.Metainfo.Info.Files.Select(NameOf));
        Assert.Equal(["dangling", "fifo", "hollow", "loop"], torrent.LeftOut.Select(left => Path.GetFileName(left.Path)));
    }

    [Fact]
    public async Task What_the_options_say_is_in_the_torrent()
    {
        _folder.Write("file", 100_000);
        var torrent = await CreateAsync(new CreationOptions
        {
            PieceLength = 16 << 10,
            TrackerTiers = [["http://127.0.0.1:1/announce"]],
            IsPrivate = true,
            CreatedAt = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
            Comment = "For a test",
        });

        Assert.Equal((7, true), (torrent.Metainfo.Info.PieceCount, torrent.Metainfo.Info.IsPrivate));
        Assert.Equal("http://127.0.0.1:1/announce", torrent.Metainfo.TrackerTiers.Single().Single());
        Assert.Equal(1_700_000_000, torrent.Metainfo.CreatedAt!.Value.ToUnixTimeSeconds());
        Assert.Equal("For a test", torrent.Metainfo.Comment);
    }

    [Fact]
    public async Task Nothing_to_share_is_said_rather_than_written()
    {
        await Assert.ThrowsAsync<MetainfoException>(() => CreateAsync());
        _folder.Write("empty", 0);
        await Assert.ThrowsAsync<MetainfoException>(() => CreateAsync());
        var missing = TorrentCreator.CreateAsync(_folder["missing"], new CreationOptions(), null, CancellationToken.None);
        Assert.Contains("No such file", (await Assert.ThrowsAsync<IOException>(() => missing)).Message);
    }

    [Fact]
    public async Task A_file_that_grows_while_it_is_read_is_noticed()
    {
        _folder.Write("growing", 2 << 20);
        var growing = new Reported(() => File.AppendAllText(_folder["growing"], "more"));
        var error = await Assert.ThrowsAsync<IOException>(
            () => TorrentCreator.CreateAsync(_folder.Root, new CreationOptions(), growing, CancellationToken.None));
        Assert.Contains("growing changed", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8 << 10)]
    [InlineData(40_000)]
    [InlineData(512 << 20)]
    public async Task A_piece_length_that_others_would_refuse_is_refused(int length)
    {
        _folder.Write("file", 10);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => CreateAsync(new CreationOptions { PieceLength = length }));
    }

    [Theory]
    [InlineData(1L, 32 << 10)]
    [InlineData(60L << 20, 32 << 10)]
    [InlineData(700L << 20, 512 << 10)]
    [InlineData(8L << 30, 8 << 20)]
    [InlineData(1L << 40, 16 << 20)]
    [InlineData(10L << 40, 32 << 20)]
    [InlineData(50L << 40, 128 << 20)]
    public void Pieces_grow_with_the_torrent(long total, int expected)
    {
        Assert.Equal(expected, PieceLengths.For(total));
        Assert.True(total / expected * InfoHash.Size < 10 << 20);
    }

    private static string NameOf(TorrentFile file) => string.Join('/', file.Path.Select(name => Encoding.UTF8.GetString(name.Span)));

    private static byte[] Hashes(InfoDictionary info) =>
        [.. Enumerable.Range(0, info.PieceCount).SelectMany(piece => info.PieceHash(piece).ToArray())];

    private Task<CreatedTorrent> CreateAsync(CreationOptions? options = null) =>
        TorrentCreator.CreateAsync(_folder.Root, options ?? new CreationOptions(), null, CancellationToken.None);

    private sealed class Reported(Action told) : IProgress<long>
    {
        public void Report(long value) => told();
    }
}
