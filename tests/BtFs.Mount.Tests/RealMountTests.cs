using System.Diagnostics;
using BtFs.Engine;
using BtFs.Engine.Layout;
using BtFs.Fuse.Mounting;
using BtFs.Protocol.Metainfo;
using BtFs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Mount.Tests;

/// <summary>A torrent without a swarm, mounted by the real kernel and looked at by ordinary programs.</summary>
public sealed class RealMountTests : IAsyncLifetime
{
    private const int FilmLength = 300_000;

    // A mount that hangs must not hang the tests: past this it is taken away, and what waits fails.
    private static readonly TimeSpan Breaker = TimeSpan.FromSeconds(30);

    private readonly string _directory = Directory.CreateTempSubdirectory("btfs-mount-test-").FullName;
    private readonly FakeTorrentContent _content = new(TorrentOf.Folder(
        "show",
        TorrentOf.File("film.mkv", FilmLength),
        TorrentOf.File("a\u001b[31m.txt", 10),
        TorrentOf.File("tools/run", 7, TorrentFileAttributes.Executable),
        TorrentOf.Link("tools/link", "film.mkv"),
        TorrentOf.Link("tools/escape", "../../../../etc")));

    private readonly CancellationTokenSource _breaker = new(Breaker);
    private MountedFileSystem? _fileSystem;
    private FuseMount? _mount;

    public async Task InitializeAsync()
    {
        _fileSystem = MountedFileSystem.OfTorrent(FileTree.Of(_content.Info), _content, new TreePresentation { UserId = 0, GroupId = 0 }, TimeProvider.System);
        _mount = await FuseMount.MountAsync(
            _fileSystem, _directory, new FuseMountOptions { Subtype = "btfs-test", FsName = "show" }, NullLoggerFactory.Instance, _breaker.Token);
        _breaker.Token.Register(() => _content.Fail(new ContentUnavailableException("the test took too long")));
    }

    public async Task DisposeAsync()
    {
        _content.LetGo();
        await _mount!.DisposeAsync();
        _fileSystem!.Dispose();
        _breaker.Dispose();
        Directory.Delete(_directory);
    }

    [Fact]
    public async Task Find_sees_the_tree_as_it_should_be() => Assert.Equal(
        """
        d 555 0  
        d 555 0 show 
        f 444 10 show/a_[31m.txt 
        f 444 300000 show/film.mkv 
        d 555 0 show/tools 
        l 777 11 show/tools/link ../film.mkv
        f 555 7 show/tools/run 

        """,
        await RunAsync("sh", "-c", $"find {_directory} -printf '%y %m %s %P %l\\n' | LC_ALL=C sort -k4"));

    [Fact]
    public async Task Cmp_finds_every_byte_right_through_a_link_too()
    {
        var copy = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(copy, Film(0, FilmLength));

            Assert.Equal("", await RunAsync("cmp", copy, $"{_directory}/show/film.mkv"));
            Assert.Equal("", await RunAsync("cmp", copy, $"{_directory}/show/tools/link"));
        }
        finally
        {
            File.Delete(copy);
        }
    }

    [Fact]
    public async Task Tail_reads_the_end_and_tar_ends_though_it_follows_links()
    {
        Assert.Equal(Convert.ToHexString(Film(FilmLength - 5, 5)), (await RunAsync("sh", "-c", $"tail -c 5 {_directory}/show/film.mkv | xxd -p -u")).Trim());
        Assert.Equal("6", (await RunAsync("sh", "-c", $"tar -ch -C {_directory} show | tar -t | wc -l")).Trim());
    }

    [Fact]
    public async Task Du_and_df_tell_what_is_here_and_what_there_is()
    {
        _content.SetPresent(new FileIndex(0), 4096);

        Assert.StartsWith("4096\t", await RunAsync("du", "-B1", $"{_directory}/show/film.mkv"), StringComparison.Ordinal);
        Assert.Equal("74 0", (await RunAsync("stat", "-f", "-c", "%b %a", _directory)).Trim());
    }

    [Fact]
    public async Task A_reader_that_waits_gets_the_bytes_when_they_come_and_ls_works_meanwhile()
    {
        _content.HoldBack();
        var reader = RunAsync("sh", "-c", $"head -c 4096 {_directory}/show/film.mkv | xxd -p | tr -d '\\n'");

        Assert.Equal("tools\n", await RunAsync("sh", "-c", $"ls {_directory}/show | tail -1"));
        Assert.False(reader.IsCompleted);
        _content.LetGo();

        Assert.Equal(Convert.ToHexStringLower(Film(0, 4096)), await reader);
    }

    [Fact]
    public async Task Writing_is_refused_as_on_any_read_only_file_system()
    {
        var told = await RunAsync("sh", "-c", $"echo x 2>&1 >{_directory}/show/film.mkv; touch {_directory}/new 2>&1; rm -f {_directory}/show/film.mkv 2>&1");

        Assert.Equal(3, told.Split("Read-only file system").Length - 1);
    }

    [Fact]
    public async Task Nothing_of_the_engine_is_held_after_the_last_close()
    {
        await RunAsync("cat", $"{_directory}/show/film.mkv");
        await _mount!.UnmountAsync(UnmountMode.Polite);
        _fileSystem!.Dispose();

        Assert.Equal(0, _content.OpenReaders);
        Assert.Equal(0, _content.HeldBuffers);
    }

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, StandardOutputEncoding = System.Text.Encoding.UTF8 };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(_breaker.Token);
        await process.WaitForExitAsync(_breaker.Token);
        return output;
    }

    private static byte[] Film(int offset, int length) =>
        [.. Enumerable.Range(0, length).Select(i => FakeTorrentContent.ByteAt(new FileIndex(0), offset + i))];
}
