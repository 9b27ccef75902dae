using System.Text;
using BtFs.Fuse;
using BtFs.Fuse.Replies;
using BtFs.Mount.Control;
using BtFs.Testing;

namespace BtFs.Mount.Tests;

/// <summary>The <c>.btfs</c> folder at the root of a mount.</summary>
public sealed class ControlBranchTests : IDisposable
{
    private const uint OwnerId = 1000;

    private static readonly Caller Owner = new(OwnerId, OwnerId, 0);
    private static readonly Caller Root = new(0, 0, 0);
    private static readonly Caller Other = new(1001, 1001, 0);
    private static readonly TreePresentation Shown = new() { UserId = OwnerId, GroupId = OwnerId };

    private readonly MountedFileSystem _fileSystem;
    private readonly FakeKernel _kernel;
    private TaskCompletionSource _mayWrite = new();
    private int _written;

    public ControlBranchTests()
    {
        _mayWrite.SetResult();
        _fileSystem = Mounted("film.mkv");
        _kernel = new FakeKernel(_fileSystem);
    }

    public void Dispose() => _fileSystem.Dispose();

    [Fact]
    public void It_is_found_by_name_and_not_listed()
    {
        Assert.NotNull(_kernel.Find(".btfs"));
        Assert.Equal([".", "..", "film.mkv"], _kernel.List(NodeId.Root).Select(entry => entry.Name));
        Assert.Equal([".", "..", "text", "broken"], _kernel.List(_kernel.Find(".btfs")!.Value.Node).Select(entry => entry.Name));
    }

    [Fact]
    public void It_and_what_is_in_it_belong_to_the_owner_alone()
    {
        var folder = _kernel.Find(".btfs")!.Value;
        var file = _kernel.Find(".btfs/text")!.Value;

        Assert.Equal((0x140, OwnerId), (folder.Attributes.Permissions, folder.Attributes.UserId));
        Assert.Equal((0x100, OwnerId), (file.Attributes.Permissions, file.Attributes.UserId));
        Assert.Equal(Errno.EACCES, _fileSystem.Lookup(Other, folder.Node, "text"u8, out _));
        Assert.Equal(Errno.EACCES, _fileSystem.Open(Other, file.Node, out _));
        var writer = new DirectoryWriter(new byte[1000], withAttributes: false);
        Assert.Equal(Errno.EACCES, _fileSystem.ReadDirectory(Other, folder.Node, 0, ref writer));
        Assert.Equal(Errno.None, _fileSystem.Open(Root, file.Node, out _));
        Assert.Equal(Errno.None, _fileSystem.Open(Owner, file.Node, out _));
    }

    [Fact]
    public void A_name_that_is_not_in_it_and_a_path_through_a_file_lead_nowhere()
    {
        var folder = _kernel.Find(".btfs")!.Value.Node;
        var file = _kernel.Find(".btfs/text")!.Value.Node;

        Assert.Equal(Errno.ENOENT, _fileSystem.Lookup(Owner, folder, "other"u8, out _));
        Assert.Equal(Errno.ENOTDIR, _fileSystem.Lookup(Owner, file, "text"u8, out _));
        Assert.Equal(Errno.EISDIR, _fileSystem.Open(Owner, folder, out _));
        Assert.Equal(Errno.ESTALE, _fileSystem.Open(Owner, new NodeId(folder.Value + 9), out _));
        Assert.Equal(Errno.ESTALE, _fileSystem.GetAttributes(Owner, new NodeId(folder.Value + 9), out _));
    }

    [Fact]
    public async Task Each_opening_has_a_text_of_its_own_which_stays_the_same()
    {
        var node = _kernel.Find(".btfs/text")!.Value.Node;
        var (first, second) = (_kernel.Open(node).Handle, _kernel.Open(node).Handle);

        Assert.Equal("text 1", await TextAsync(node, first, 0, 100));
        Assert.Equal("text 2", await TextAsync(node, second, 0, 100));
        Assert.Equal("xt 1", await TextAsync(node, first, 2, 100));
        Assert.Equal("xt", await TextAsync(node, first, 2, 2));
        Assert.Equal("", await TextAsync(node, first, 6, 100));
        Assert.Equal("", await TextAsync(node, first, long.MaxValue, 100));
        Assert.Equal(2, _written);
    }

    [Fact]
    public void The_kernel_is_told_that_the_length_is_not_known()
    {
        var file = _kernel.Find(".btfs/text")!.Value;

        Assert.Equal(0, file.Attributes.Size);
        Assert.Equal(Errno.None, _fileSystem.Open(Owner, file.Node, out var opened));
        Assert.True(opened.IsDirect);
    }

    [Fact]
    public async Task A_reader_waits_for_the_text_and_can_be_interrupted()
    {
        _mayWrite = new TaskCompletionSource();
        var node = _kernel.Find(".btfs/text")!.Value.Node;
        var handle = _kernel.Open(node).Handle;
        using var interrupt = new CancellationTokenSource();

        var read = _kernel.ReadAsync(node, handle, 0, 100, interrupt.Token);
        Assert.False(read.IsCompleted);
        await interrupt.CancelAsync();
        Assert.Equal(Errno.EINTR, (await read).Error);

        _mayWrite.SetResult();
        Assert.Equal("text 1", await TextAsync(node, handle, 0, 100));
    }

    [Fact]
    public async Task A_text_that_cannot_be_written_is_an_error_of_that_file_alone()
    {
        var node = _kernel.Find(".btfs/broken")!.Value.Node;

        Assert.Equal(Errno.EIO, (await _kernel.ReadAsync(node, _kernel.Open(node).Handle, 0, 100)).Error);
        Assert.NotNull(_kernel.Find(".btfs/text"));
    }

    [Theory]
    [InlineData(".btfs", ".btfs (2)")]
    [InlineData(".b\u200btfs", ".btfs (2)")]
    [InlineData(".BTFS", ".BTFS")]
    [InlineData("btfs", "btfs")]
    public void A_torrent_of_that_name_is_shown_under_another(string name, string shown)
    {
        using var fileSystem = Mounted(name);
        var kernel = new FakeKernel(fileSystem);

        Assert.Equal([".", "..", shown], kernel.List(NodeId.Root).Select(entry => entry.Name));
        Assert.NotNull(kernel.Find(shown));
        Assert.NotNull(kernel.Find(".btfs/text"));
    }

    [Fact]
    public void It_counts_for_nothing_in_the_size_of_the_file_system()
    {
        Assert.Equal(Errno.None, _fileSystem.GetStatistics(Owner, out var statistics));

        Assert.Equal(2UL, statistics.Files);
    }

    private MountedFileSystem Mounted(string name)
    {
        var content = new FakeTorrentContent(TorrentOf.OneFile(name, 1000));
        return MountedFileSystem.OfTorrent(
            FileTree.Of(content.Info),
            content,
            Shown,
            new ManualTimeProvider(),
            scans: null,
            new ControlDocument("text", WriteAsync),
            new ControlDocument("broken", _ => Task.FromException<byte[]>(new IOException("It is broken."))));
    }

    private async Task<byte[]> WriteAsync(CancellationToken cancel)
    {
        await _mayWrite.Task.WaitAsync(cancel);
        return Encoding.UTF8.GetBytes($"text {Interlocked.Increment(ref _written)}");
    }

    private async Task<string> TextAsync(NodeId node, ulong handle, long offset, int size) =>
        Encoding.UTF8.GetString((await _kernel.ReadAsync(node, handle, offset, size)).Bytes);
}
