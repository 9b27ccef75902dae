using System.Text;
using BtFs.Fuse.Abi;

namespace BtFs.Fuse.Tests;

public class ChangeRequestTests
{
    [Theory]
    [InlineData(Opcode.Write)]
    [InlineData(Opcode.Create)]
    [InlineData(Opcode.SetAttributes)]
    [InlineData(Opcode.Unlink)]
    [InlineData(Opcode.RemoveDirectory)]
    [InlineData(Opcode.Rename)]
    [InlineData(Opcode.Rename2)]
    [InlineData(Opcode.MakeDirectory)]
    internal async Task A_mount_that_is_not_writable_refuses_each_change_before_the_file_system_hears_of_it(Opcode opcode)
    {
        var files = new WritableFileSystem();
        await using var kernel = new FakeKernel(files);
        kernel.Init();

        Assert.Equal(Errno.EROFS, kernel.Ask(opcode, 1, new byte[200]).Error);
        Assert.Equal(Errno.EROFS, kernel.Ask(Opcode.Open, 3, FakeKernel.BytesOf(new OpenIn { Flags = 1 })).Error);
    }

    [Fact]
    public async Task A_file_is_made_written_and_read_in_one_opening()
    {
        await using var kernel = new FakeKernel(new WritableFileSystem(), isWritable: true);
        kernel.Init();

        var made = Create(kernel, "a.torrent");
        var wrote = Write(kernel, made.Open.Handle, 3, "hello"u8.ToArray());
        var size = kernel.Ask(Opcode.GetAttributes, made.Entry.Node, new byte[16]).As<AttributesOut>().Attributes.Size;

        Assert.Equal(OpenOut.DirectIo, made.Open.OpenFlags & OpenOut.DirectIo);
        Assert.Equal(5u, wrote.As<WriteOut>().Size);
        Assert.Equal(8u, size);
    }

    [Fact]
    public async Task The_answer_to_a_close_may_take_its_time_and_holds_nobody_up()
    {
        var verdict = new TaskCompletionSource<Errno>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var kernel = new FakeKernel(new WritableFileSystem { Verdict = verdict.Task }, isWritable: true);
        kernel.Init();
        var made = Create(kernel, "a.torrent");

        var closing = kernel.Send(Opcode.Flush, made.Entry.Node, FakeKernel.BytesOf(new FlushIn { Handle = made.Open.Handle }));
        Assert.Equal(Errno.None, kernel.Ask(Opcode.GetAttributes, 1, new byte[16]).Error);
        verdict.SetResult(Errno.EINVAL);
        var closed = kernel.Receive();

        Assert.Equal((closing, Errno.EINVAL), (closed.Unique, closed.Error));
    }

    [Fact]
    public async Task A_change_that_fails_by_a_fault_costs_its_caller_EIO()
    {
        var fault = Task.FromException<Errno>(new InvalidOperationException());
        await using var kernel = new FakeKernel(new WritableFileSystem { Verdict = fault }, isWritable: true);
        kernel.Init();

        Assert.Equal(Errno.EIO, kernel.Ask(Opcode.RemoveDirectory, 1, FakeKernel.Name("folder")).Error);
    }

    [Fact]
    public async Task Only_what_copies_well_without_is_said_to_be_not_supported()
    {
        await using var kernel = new FakeKernel(new WritableFileSystem(), isWritable: true);
        kernel.Init();

        Assert.Equal(Errno.EOPNOTSUPP, kernel.Ask(Opcode.SetExtendedAttribute, 1, new byte[64]).Error);
        Assert.Equal(Errno.EOPNOTSUPP, kernel.Ask(Opcode.Allocate, 1, new byte[64]).Error);
        Assert.Equal(Errno.EPERM, kernel.Ask(Opcode.MakeDirectory, 1, new byte[64]).Error);
        Assert.Equal(Errno.EPERM, kernel.Ask(Opcode.SymbolicLink, 1, new byte[64]).Error);
    }

    [Fact]
    public async Task A_write_that_is_shorter_than_it_says_is_refused()
    {
        await using var kernel = new FakeKernel(new WritableFileSystem(), isWritable: true);
        kernel.Init();
        var made = Create(kernel, "a.torrent");

        Assert.Equal(Errno.EIO, kernel.Ask(Opcode.Write, made.Entry.Node, FakeKernel.BytesOf(new WriteIn { Handle = made.Open.Handle, Size = 9 }), new byte[8]).Error);
        Assert.Equal(Errno.EIO, kernel.Ask(Opcode.Write, made.Entry.Node, FakeKernel.BytesOf(new WriteIn { Handle = made.Open.Handle, Offset = ulong.MaxValue })).Error);
    }

    [Fact]
    public async Task Names_are_exchanged_or_hidden_for_nobody()
    {
        await using var kernel = new FakeKernel(new WritableFileSystem(), isWritable: true);
        kernel.Init();
        Create(kernel, "a.torrent");
        Create(kernel, "b.torrent");
        var names = Encoding.UTF8.GetBytes("a.torrent\0b.torrent\0");

        Assert.Equal(Errno.EINVAL, kernel.Ask(Opcode.Rename2, 1, FakeKernel.BytesOf(new Rename2In { NewParent = 1, Flags = 2 }), names).Error);
        Assert.Equal(Errno.EEXIST, kernel.Ask(Opcode.Rename2, 1, FakeKernel.BytesOf(new Rename2In { NewParent = 1, Flags = 1 }), names).Error);
        Assert.Equal(Errno.None, kernel.Ask(Opcode.Rename, 1, FakeKernel.BytesOf(new RenameIn { NewParent = 1 }), names).Error);
    }

    private static CreateOut Create(FakeKernel kernel, string name) =>
        kernel.Ask(Opcode.Create, 1, FakeKernel.BytesOf(new CreateIn { Flags = 1, Mode = 0x81a4 }), FakeKernel.Name(name)).As<CreateOut>();

    private static KernelReply Write(FakeKernel kernel, ulong handle, long offset, byte[] bytes) => kernel.Ask(
        Opcode.Write, 1, FakeKernel.BytesOf(new WriteIn { Handle = handle, Offset = (ulong)offset, Size = (uint)bytes.Length }), bytes);
}
