using System.Text;
using BtFs.Fuse;
using BtFs.Testing;

namespace BtFs.Mount.Tests;

public sealed class MountedLibraryTests : IDisposable
{
    private static readonly TreePresentation Mine = new() { UserId = 501, GroupId = 20 };
    private static readonly Caller Owner = new(501, 20, 4321);
    private static readonly Caller Other = new(502, 20, 4321);

    private readonly ScriptedKeeper _keeper = new();
    private readonly MountedLibrary _library;
    private readonly FakeKernel _kernel;

    public MountedLibraryTests()
    {
        _library = new MountedLibrary(_keeper, Mine, TimeProvider.System);
        _kernel = new FakeKernel(_library.FileSystem);
    }

    public void Dispose() => _library.Dispose();

    [Fact]
    public void A_listing_that_goes_on_after_a_removal_misses_nobody_and_repeats_nobody()
    {
        for (var i = 0; i < 100; i++)
        {
            Add($"torrent {i:00}");
        }

        var seen = new List<string>();
        var cookie = 0UL;
        var buffer = new byte[700];
        for (var round = 0; ; round++)
        {
            var writer = new Fuse.Replies.DirectoryWriter(buffer, withAttributes: false);
            Assert.Equal(Errno.None, _library.FileSystem.ReadDirectory(Owner, NodeId.Root, cookie, ref writer));
            if (writer.Written == 0)
            {
                break;
            }

            for (var at = 0; at < writer.Written;)
            {
                cookie = BitConverter.ToUInt64(buffer, at + 8);
                var length = BitConverter.ToInt32(buffer, at + 16);
                seen.Add(Encoding.UTF8.GetString(buffer, at + 24, length));
                at += (24 + length + 7) & ~7;
            }

            if (round == 2)
            {
                _library.Remove("torrent 00");
                _library.Remove("torrent 99");
                Add("late");
            }
        }

        Assert.Equal(seen.Distinct(), seen);
        Assert.Superset(Enumerable.Range(1, 98).Select(i => $"torrent {i:00}").ToHashSet(), seen.ToHashSet());
        Assert.DoesNotContain("torrent 99", seen);
        Assert.Contains("late", seen);
    }

    [Fact]
    public async Task What_is_open_of_a_removed_torrent_fails_with_EIO_whether_it_waits_or_comes_later()
    {
        var content = Add("film");
        content.HoldBack();
        var node = _kernel.Find("film/film")!.Value.Node;
        var (_, handle) = _kernel.Open(node);
        var waiting = _kernel.ReadAsync(node, handle, 0, 100);
        Assert.False(waiting.IsCompleted);

        _library.Remove("film");

        Assert.Equal(Errno.EIO, (await waiting).Error);
        content.LetGo();
        Assert.Equal(Errno.EIO, (await _kernel.ReadAsync(node, handle, 0, 100)).Error);
        Assert.Equal(Errno.ESTALE, _kernel.Open(node).Error);
        Assert.Equal(Errno.ENOENT, _library.FileSystem.Lookup(Owner, NodeId.Root, "film"u8, out _));
        _kernel.Release(node, handle);
        Assert.Equal(0, content.OpenReaders);
    }

    [Fact]
    public void A_torrent_that_comes_back_is_another_node_with_the_same_inode()
    {
        Add("film");
        var before = _kernel.Find("film")!.Value;
        _library.Remove("film");
        Add("film");
        var after = _kernel.Find("film")!.Value;

        Assert.NotEqual(before.Node, after.Node);
        Assert.Equal(before.Attributes.Inode, after.Attributes.Inode);
        Assert.NotEqual(1UL, after.Attributes.Inode);
        Assert.Equal(TimeSpan.Zero, after.NameValidFor);
    }

    [Fact]
    public async Task A_dropped_file_is_shown_to_the_keeper_whole_and_once()
    {
        var (node, handle) = Create("a.torrent");
        Write(node, handle, 0, "hello "u8);
        Assert.Equal(Errno.None, await Flush("a.torrent.part", ""));
        Write(node, handle, 6, "world"u8);

        Assert.Equal(Errno.None, await _library.FileSystem.FlushAsync(Owner, node, handle));
        Assert.Equal([("a.torrent", "hello world")], _keeper.Taken);
        Assert.Equal(Errno.ENOENT, _library.FileSystem.Lookup(Owner, NodeId.Root, "a.torrent"u8, out _));

        // Programs that set times by the name they know go on; those that write on do not.
        Assert.Equal(Errno.None, _library.FileSystem.SetAttributes(Owner, node, new AttributeChange { ModifyTime = new UnixTime(5) }, out _));
        Assert.Equal(Errno.EBADF, _library.FileSystem.Write(new WriteArguments(Owner, node, handle, 0), "x"u8));
    }

    [Fact]
    public async Task A_bad_one_may_be_written_on_and_goes_with_its_last_descriptor()
    {
        _keeper.Verdict = "it is cut off";
        var (node, handle) = Create("a.torrent");
        Write(node, handle, 0, "hel"u8);
        Assert.Equal(Errno.EINVAL, await _library.FileSystem.FlushAsync(Owner, node, handle));
        Assert.Equal(Errno.EINVAL, await _library.FileSystem.FlushAsync(Owner, node, handle));
        Assert.Single(_keeper.Asked);

        _keeper.Verdict = null;
        Write(node, handle, 3, "lo"u8);
        Assert.Equal(Errno.None, await _library.FileSystem.FlushAsync(Owner, node, handle));
        Assert.Empty(_keeper.Refused);

        _keeper.Verdict = "it is bad";
        (node, handle) = Create("b.torrent");
        Write(node, handle, 0, "x"u8);
        Assert.Equal(Errno.EINVAL, await _library.FileSystem.FlushAsync(Owner, node, handle));
        _library.FileSystem.Release(node, handle);
        Assert.Equal([("b.torrent", "it is bad")], _keeper.Refused);
        Assert.Equal(Errno.ENOENT, _library.FileSystem.Lookup(Owner, NodeId.Root, "b.torrent"u8, out _));
    }

    [Fact]
    public void Files_beyond_the_limits_are_refused_and_an_offset_costs_no_memory()
    {
        var (node, handle) = Create("a.torrent");

        Assert.Equal(Errno.EFBIG, _library.FileSystem.Write(new WriteArguments(Owner, node, handle, long.MaxValue - 100), "x"u8));
        Assert.Equal(Errno.EFBIG, _library.FileSystem.SetAttributes(Owner, node, new AttributeChange { Size = long.MaxValue }, out _));
        Assert.Equal(Errno.None, _library.FileSystem.SetAttributes(Owner, node, new AttributeChange { Size = 64 << 20 }, out _));
        var (other, second) = Create("b.torrent");
        Assert.Equal(Errno.ENOSPC, _library.FileSystem.Write(new WriteArguments(Owner, other, second, 0), "x"u8));
    }

    [Fact]
    public async Task The_control_file_is_the_owners_and_answers_where_it_was_written_or_from_its_beginning()
    {
        Assert.Equal(Errno.None, _library.FileSystem.Lookup(Other, NodeId.Root, ".btfs"u8, out var folder));
        Assert.Equal(Errno.EACCES, _library.FileSystem.Lookup(Other, folder.Node, "control"u8, out _));
        Assert.Equal(Errno.None, _library.FileSystem.Lookup(Owner, folder.Node, "control"u8, out var entry));
        var control = entry.Node;
        Assert.Equal(Errno.EACCES, _library.FileSystem.OpenForWriting(Other, control, out _));
        foreach (var readAt in (long[])[0, 10])
        {
            Assert.Equal(Errno.None, _library.FileSystem.OpenForWriting(Owner, control, out var opened));
            Assert.True(opened.IsDirect);
            Assert.Equal(Errno.None, _library.FileSystem.Write(new WriteArguments(Owner, control, opened.Handle, 0), "remove it\n"u8));
            Assert.Equal("done: remove it\n", Encoding.UTF8.GetString((await _kernel.ReadAsync(control, opened.Handle, readAt, 4096)).Bytes));
            Assert.Empty((await _kernel.ReadAsync(control, opened.Handle, readAt + 16, 4096)).Bytes);
            Assert.Equal(Errno.EINVAL, _library.FileSystem.Write(new WriteArguments(Owner, control, opened.Handle, 10), "more"u8));
        }
    }

    private FakeTorrentContent Add(string name)
    {
        var info = TorrentOf.OneFile(name, 20_000);
        var content = new FakeTorrentContent(info);
        _library.Add(name, FileTree.OfFolder(info, 10), content);
        return content;
    }

    private (NodeId Node, ulong Handle) Create(string name)
    {
        Assert.Equal(Errno.None, _library.FileSystem.Create(Owner, NodeId.Root, Encoding.UTF8.GetBytes(name), 420, out var entry, out var opened));
        return (entry.Node, opened.Handle);
    }

    private void Write(NodeId node, ulong handle, long offset, ReadOnlySpan<byte> bytes) =>
        Assert.Equal(Errno.None, _library.FileSystem.Write(new WriteArguments(Owner, node, handle, offset), bytes));

    private async Task<Errno> Flush(string name, string content)
    {
        var (node, handle) = Create(name);
        Write(node, handle, 0, Encoding.UTF8.GetBytes(content));
        return await _library.FileSystem.FlushAsync(Owner, node, handle);
    }

    private sealed class ScriptedKeeper : ILibraryKeeper
    {
        public string? Verdict { get; set; }

        public List<string> Asked { get; } = [];

        public List<(string Name, string Content)> Taken { get; } = [];

        public List<(string Name, string Reason)> Refused { get; } = [];

        public Task<string?> TakeAsync(string name, ReadOnlyMemory<byte> torrent)
        {
            Asked.Add(name);
            if (Verdict is null)
            {
                Taken.Add((name, Encoding.UTF8.GetString(torrent.Span)));
            }

            return Task.FromResult(Verdict);
        }

        public void Refuse(string name, string reason) => Refused.Add((name, reason));

        public Task<bool> RemoveAsync(string name) => Task.FromResult(true);

        public Task<LibraryAnswer> AnswerAsync(ReadOnlyMemory<byte> request) =>
            Task.FromResult(new LibraryAnswer(IsDone: true, $"done: {Encoding.UTF8.GetString(request.Span)}"));
    }
}
