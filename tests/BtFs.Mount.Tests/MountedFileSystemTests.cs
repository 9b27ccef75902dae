using System.Text;
using BtFs.Engine;
using BtFs.Engine.Layout;
using BtFs.Fuse;
using BtFs.Mount.Scanning;
using BtFs.Protocol.Metainfo;
using BtFs.Testing;

namespace BtFs.Mount.Tests;

public sealed class MountedFileSystemTests : IDisposable
{
    private const long Length = 300_000;

    private static readonly TreePresentation Mine = new() { UserId = 501, GroupId = 20 };

    private readonly FakeTorrentContent _content;
    private readonly MountedFileSystem _fileSystem;
    private readonly FakeKernel _kernel;

    public MountedFileSystemTests()
    {
        (_content, _fileSystem, _kernel) = Mounted(Mine);
    }

    public void Dispose() => _fileSystem.Dispose();

    [Theory]
    [InlineData(0, 4096, 4096)]
    [InlineData(0, 1, 1)]
    [InlineData(Length - 1, 1, 1)]
    [InlineData(Length - 1, 4096, 1)]
    [InlineData(Length - 4096, 4096, 4096)]
    [InlineData(Length - 4095, 4096, 4095)]
    [InlineData(Length, 4096, 0)]
    [InlineData(Length + 1, 4096, 0)]
    [InlineData(long.MaxValue, 4096, 0)]
    [InlineData(0, 1 << 20, (int)Length)]
    [InlineData(16383, 2, 2)]
    public async Task A_read_gets_exactly_the_bytes_that_are_there(long offset, int size, int expected)
    {
        var (node, handle) = OpenFilm();

        var (error, bytes) = await _kernel.ReadAsync(node, handle, offset, size);

        Assert.Equal(Errno.None, error);
        Assert.Equal(Expected(offset, expected), bytes);
        Assert.Equal(0, _content.HeldBuffers);
    }

    [Theory]
    [InlineData(0, 4096, 4096)]
    [InlineData(Length - 1, 4096, 1)]
    public async Task A_read_that_has_to_wait_gets_the_same_bytes(long offset, int size, int expected)
    {
        var (node, handle) = OpenFilm();
        _content.HoldBack();

        var read = _kernel.ReadAsync(node, handle, offset, size);
        Assert.False(read.IsCompleted);
        _content.LetGo();

        Assert.Equal(Expected(offset, expected), (await read).Bytes);
        Assert.Equal(0, _content.HeldBuffers);
    }

    [Fact]
    public async Task A_read_past_the_end_does_not_wait()
    {
        var (node, handle) = OpenFilm();
        _content.HoldBack();

        Assert.Empty((await _kernel.ReadAsync(node, handle, Length, 4096)).Bytes);
    }

    [Fact]
    public async Task An_interrupted_read_ends_with_EINTR_and_one_without_a_source_with_EIO()
    {
        var (node, handle) = OpenFilm();
        _content.HoldBack();
        using var interrupted = new CancellationTokenSource();

        var first = _kernel.ReadAsync(node, handle, 0, 4096, interrupted.Token);
        var second = _kernel.ReadAsync(node, handle, 0, 4096);
        await interrupted.CancelAsync();
        _content.Fail(new ContentUnavailableException("nobody has it"));

        Assert.Equal(Errno.EINTR, (await first).Error);
        Assert.Equal(Errno.EIO, (await second).Error);
    }

    [Fact]
    public async Task Where_the_kernel_sets_a_time_for_answers_a_read_fails_before_it_is_over()
    {
        var time = new ManualTimeProvider();
        var content = new FakeTorrentContent(TorrentOf.OneFile("film.mkv", Length));
        using var fileSystem = MountedFileSystem.OfTorrent(FileTree.Of(content.Info), content, Mine, time);
        fileSystem.Started(new FuseConnection(41, 1 << 20, 1 << 17, 1024, AnswerWithin: TimeSpan.FromSeconds(48)));
        var kernel = new FakeKernel(fileSystem);
        var node = kernel.Find("film.mkv")!.Value.Node;
        content.HoldBack();

        var read = kernel.ReadAsync(node, kernel.Open(node).Handle, 0, 4096);
        time.Advance(TimeSpan.FromSeconds(47));
        Assert.False(read.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Errno.EIO, (await read).Error);
        Assert.Equal(0, content.HeldBuffers);
    }

    [Fact]
    public async Task With_browse_only_the_tree_is_there_and_content_is_refused()
    {
        var (_, fileSystem, kernel) = Mounted(Mine with { BrowseOnly = true });
        using (fileSystem)
        {
            var node = kernel.Find("show/film.mkv")!.Value.Node;
            var (error, handle) = kernel.Open(node);

            Assert.Equal(Errno.None, error);
            Assert.Equal(Errno.EACCES, (await kernel.ReadAsync(node, handle, 0, 1)).Error);
        }
    }

    [Fact]
    public async Task A_scanner_beyond_its_bounds_gets_EACCES_for_what_is_not_here_and_the_rest_as_ever()
    {
        using var scanner = ScannerProcess.Start();
        var content = new FakeTorrentContent(TorrentOf.OneFile("film.mkv", Length));
        using var fileSystem = MountedFileSystem.OfTorrent(
            FileTree.Of(content.Info), content, Mine, TimeProvider.System, new ScanLedger(new ProgramRules(), new ScanLimits { BytesPerFile = 8192, PiecesPerFile = 0 }, TimeProvider.System));
        var kernel = new FakeKernel(fileSystem);
        var node = kernel.Find("film.mkv")!.Value.Node;
        Assert.Equal(Errno.None, fileSystem.Open(scanner.Caller, node, out var opened));
        content.HoldBack();

        var first = kernel.ReadAsync(node, opened.Handle, 0, 8192);
        Assert.Equal(Errno.EACCES, (await kernel.ReadAsync(node, opened.Handle, 8192, 8192)).Error);
        content.LetGo();

        Assert.Equal(Errno.None, (await first).Error);
        Assert.Equal(Errno.None, (await kernel.ReadAsync(node, opened.Handle, 8192, 8192)).Error);
        Assert.Equal(new ScannerReport("tumblerd", ScannerState.OverBudget, 1, 24_576, 8192, 1), Assert.Single(fileSystem.Scans.Programs));
    }

    [Fact]
    public void A_program_that_is_denied_opens_nothing()
    {
        using var scanner = ScannerProcess.Start();
        using var fileSystem = MountedFileSystem.OfTorrent(
            FileTree.Of(_content.Info), _content, Mine, TimeProvider.System, new ScanLedger(new ProgramRules { Denied = ["tumblerd"] }, TimeProvider.System));
        var node = new FakeKernel(fileSystem).Find("show/film.mkv")!.Value.Node;

        Assert.Equal(Errno.EACCES, fileSystem.Open(scanner.Caller, node, out _));
        Assert.Equal(0, _content.OpenReaders);
        Assert.Equal(new ScannerReport("tumblerd", ScannerState.Denied, 1, 0, 0, 1), Assert.Single(fileSystem.Scans.Programs));
    }

    [Fact]
    public void A_file_knows_its_size_owner_mode_and_date()
    {
        var stat = _kernel.Find("show/film.mkv")!.Value.Attributes;

        Assert.Equal((Length, 501u, 20u, 1u), (stat.Size, stat.UserId, stat.GroupId, stat.Links));
        Assert.Equal("444", Convert.ToString(stat.Permissions, 8));
        Assert.Equal(new DateTimeOffset(2011, 11, 11, 11, 11, 11, TimeSpan.Zero).ToUnixTimeSeconds(), stat.ModifyTime.Seconds);
        Assert.Equal(128u * 1024, stat.PreferredIoSize);
    }

    [Theory]
    [InlineData("show/film.mkv", "444", "440")]
    [InlineData("show/tools/run", "555", "550")]
    [InlineData("show", "555", "550")]
    [InlineData("", "555", "550")]
    public void Modes_are_0444_and_0555_and_a_umask_takes_from_them(string path, string usual, string masked)
    {
        var (_, fileSystem, kernel) = Mounted(Mine with { FileMask = 0x7, FolderMask = 0x7 });
        using (fileSystem)
        {
            Assert.Equal(usual, Convert.ToString(_kernel.Find(path)!.Value.Attributes.Permissions, 8));
            Assert.Equal(masked, Convert.ToString(kernel.Find(path)!.Value.Attributes.Permissions, 8));
        }
    }

    [Fact]
    public void A_folder_counts_its_folders()
    {
        Assert.Equal(3u, _kernel.Find("")!.Value.Attributes.Links);
        Assert.Equal(3u, _kernel.Find("show")!.Value.Attributes.Links);
        Assert.Equal(2u, _kernel.Find("show/tools")!.Value.Attributes.Links);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1970-01-01T00:00:00Z")]
    [InlineData("1900-01-01T00:00:00Z")]
    [InlineData("2999-01-01T00:00:00Z")]
    public void A_torrent_without_a_sensible_date_has_one_that_every_archive_can_hold(string? date)
    {
        var content = new FakeTorrentContent(TorrentOf.OneFile("a", 1)) { CreatedAt = date is null ? null : DateTimeOffset.Parse(date) };
        using var fileSystem = MountedFileSystem.OfTorrent(FileTree.Of(content.Info), content, Mine, TimeProvider.System);

        Assert.Equal(NodeStat.NoDate.ToUnixTimeSeconds(), new FakeKernel(fileSystem).Find("a")!.Value.Attributes.ModifyTime.Seconds);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(512, 1)]
    [InlineData(513, 2)]
    [InlineData(Length, 586)]
    public void Du_shows_what_is_here_and_the_kernel_soon_asks_again(long present, ulong blocks)
    {
        _content.SetPresent(new FileIndex(0), present);

        var stat = _kernel.Find("show/film.mkv")!.Value.Attributes;

        Assert.Equal(blocks, stat.Blocks);
        Assert.Equal(NodeStat.Fleeting, stat.ValidFor);
    }

    [Fact]
    public void A_name_that_is_not_there_is_remembered_as_missing() => Assert.Null(_kernel.Find("show/other.mkv"));

    [Fact]
    public void A_listing_in_many_buffers_has_every_name_once_and_the_inodes_of_stat()
    {
        var content = new FakeTorrentContent(TorrentOf.Folder("t", [.. Enumerable.Range(0, 1000).Select(i => TorrentOf.File($"{i}", 1))]));
        using var fileSystem = MountedFileSystem.OfTorrent(FileTree.Of(content.Info), content, Mine, TimeProvider.System);
        var kernel = new FakeKernel(fileSystem);
        var folder = kernel.Find("t")!.Value;

        var listed = kernel.List(folder.Node);

        Assert.Equal([".", "..", .. Enumerable.Range(0, 1000).Select(i => $"{i}").Order(StringComparer.Ordinal)], listed.Select(entry => entry.Name));
        Assert.Equal((folder.Attributes.Inode, 1UL), (listed[0].Inode, listed[1].Inode));
        Assert.All(listed.Skip(2), entry => Assert.Equal(entry.Inode, kernel.Find($"t/{entry.Name}")!.Value.Attributes.Inode));
    }

    [Fact]
    public void A_link_leads_where_it_should()
    {
        var link = _kernel.Find("show/tools/link")!.Value;

        Assert.Equal(Errno.None, _fileSystem.ReadLink(default, link.Node, out var target));
        Assert.Equal("../film.mkv", Encoding.UTF8.GetString(target));
        Assert.Equal((long)target.Length, link.Attributes.Size);
    }

    [Theory]
    [InlineData("", "user.btfs.is_btfs", "")]
    [InlineData("", "user.btfs.is_btfs_root", "")]
    [InlineData("show", "user.btfs.is_btfs", "")]
    [InlineData("show", "user.btfs.is_btfs_root", null)]
    [InlineData("show", "user.btfs.file_index", null)]
    [InlineData("show/film.mkv", "user.btfs.is_btfs", "")]
    [InlineData("show/film.mkv", "user.btfs.file_index", "0")]
    [InlineData("show/tools/run", "user.btfs.file_index", "1")]
    [InlineData("show/film.mkv", "user.btfs.present", "299999")]
    [InlineData("show/film.mkv", "user.btfs.progress", "99")]
    [InlineData("show/tools/run", "user.btfs.progress", "100")]
    [InlineData("show/film.mkv", "user.btfs.availability", "3")]
    [InlineData("show/film.mkv", "user.btfs.missing", "299999-299999")]
    [InlineData("show/tools/run", "user.btfs.missing", "")]
    [InlineData("show/film.mkv", "user.btfs.waiting", "")]
    [InlineData("show", "user.btfs.missing", null)]
    [InlineData("show/film.mkv", "security.capability", null)]
    public void Extended_attributes_tell_what_btfs_knows(string path, string name, string? value)
    {
        _content.SetPresent(new FileIndex(0), Length - 1);
        _content.Copies = 3;

        var error = _fileSystem.GetExtendedAttribute(default, _kernel.Find(path)!.Value.Node, Encoding.UTF8.GetBytes(name), out var found);

        Assert.Equal(value is null ? Errno.ENODATA : Errno.None, error);
        Assert.Equal(value ?? "", Encoding.UTF8.GetString(found));
    }

    [Theory]
    [InlineData("")]
    [InlineData("show")]
    [InlineData("show/film.mkv")]
    public void Every_extended_attribute_that_is_listed_has_a_value(string path)
    {
        var node = _kernel.Find(path)!.Value.Node;
        Assert.Equal(Errno.None, _fileSystem.ListExtendedAttributes(default, node, out var names));

        Assert.NotEqual(0, names.Length);
        foreach (var name in Encoding.UTF8.GetString(names).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Equal(Errno.None, _fileSystem.GetExtendedAttribute(default, node, Encoding.UTF8.GetBytes(name), out _));
        }
    }

    [Fact]
    public void Df_shows_the_size_of_the_torrent_what_of_it_is_here_and_no_room()
    {
        _content.SetPresent(new FileIndex(0), Length - (10 * 4096));
        Assert.Equal(Errno.None, _fileSystem.GetStatistics(default, out var statistics));

        Assert.Equal(((ulong)Length + 7 + 4095) / 4096, statistics.Blocks);
        Assert.Equal((10UL, 0UL, 255u), (statistics.FreeBlocks, statistics.AvailableBlocks, statistics.MaxNameLength));
        Assert.Equal(6UL, statistics.Files);
    }

    [Fact]
    public void Each_opening_has_a_reader_of_its_own_until_it_is_closed()
    {
        var (node, first) = OpenFilm();
        var (_, second) = OpenFilm();
        Assert.NotEqual(first, second);
        Assert.Equal(2, _content.OpenReaders);

        _kernel.Release(node, first);
        _kernel.Release(node, first);
        Assert.Equal(1, _content.OpenReaders);

        _fileSystem.Dispose();
        Assert.Equal(0, _content.OpenReaders);
    }

    [Fact]
    public void No_more_than_65_536_files_are_open_at_once()
    {
        var node = _kernel.Find("show/film.mkv")!.Value.Node;
        var handles = Enumerable.Range(0, OpenFiles.MaxHandles).Select(_ => _kernel.Open(node)).ToList();

        Assert.All(handles, opened => Assert.Equal(Errno.None, opened.Error));
        Assert.Equal(Errno.EMFILE, _kernel.Open(node).Error);

        _kernel.Release(node, handles[0].Handle);
        Assert.Equal(Errno.None, _kernel.Open(node).Error);
    }

    [Fact]
    public void Folders_and_links_do_not_open_as_files()
    {
        Assert.Equal(Errno.EISDIR, _kernel.Open(_kernel.Find("show")!.Value.Node).Error);
        Assert.Equal(Errno.ELOOP, _kernel.Open(_kernel.Find("show/tools/link")!.Value.Node).Error);
    }

    [Fact]
    public void What_the_kernel_cannot_know_is_stale()
    {
        Assert.Equal(Errno.ESTALE, _fileSystem.GetAttributes(default, new NodeId(0), out _));
        Assert.Equal(Errno.ESTALE, _fileSystem.GetAttributes(default, new NodeId(7), out _));
        Assert.Equal(Errno.ESTALE, _fileSystem.GetAttributes(default, new NodeId(ulong.MaxValue), out _));
        Assert.Equal(Errno.ESTALE, _fileSystem.Lookup(default, new NodeId(99), "a"u8, out _));
        Assert.Equal(Errno.ENOTDIR, _fileSystem.Lookup(default, _kernel.Find("show/film.mkv")!.Value.Node, "a"u8, out _));
    }

    [Fact]
    public async Task A_handle_that_was_never_given_out_reads_nothing() =>
        Assert.Equal(Errno.EBADF, (await _kernel.ReadAsync(_kernel.Find("show/film.mkv")!.Value.Node, 12345, 0, 10)).Error);

    private static (FakeTorrentContent, MountedFileSystem, FakeKernel) Mounted(TreePresentation shown)
    {
        var content = new FakeTorrentContent(TorrentOf.Folder(
            "show",
            TorrentOf.File("film.mkv", Length),
            TorrentOf.File("tools/run", 7, TorrentFileAttributes.Executable),
            TorrentOf.Link("tools/link", "film.mkv")))
        {
            CreatedAt = new DateTimeOffset(2011, 11, 11, 11, 11, 11, TimeSpan.Zero),
        };
        var fileSystem = MountedFileSystem.OfTorrent(FileTree.Of(content.Info), content, shown, TimeProvider.System);
        return (content, fileSystem, new FakeKernel(fileSystem));
    }

    private (NodeId Node, ulong Handle) OpenFilm()
    {
        var node = _kernel.Find("show/film.mkv")!.Value.Node;
        var (error, handle) = _kernel.Open(node);
        Assert.Equal(Errno.None, error);
        return (node, handle);
    }

    private static byte[] Expected(long offset, int length) =>
        [.. Enumerable.Range(0, length).Select(i => FakeTorrentContent.ByteAt(new FileIndex(0), offset + i))];
}
