using System.Runtime.InteropServices;
using BtFs.Fuse.Abi;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Fuse.Tests;

public class HostileRequestTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Any_request_cut_short_or_garbled_is_answered_once_or_ignored(bool isWritable)
    {
        FuseFileSystem files = isWritable ? new WritableFileSystem() : new MemoryFileSystem().Add("a", new byte[9000]);
        await using var kernel = new FakeKernel(files, isWritable: isWritable);
        kernel.Init();
        var messages =
            from opcode in Gen.Choose(0, 60)
            from node in Gen.Elements(0UL, 1UL, 2UL, 3UL, ulong.MaxValue)
            from body in Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value)).Resize(120)
            from cut in Gen.Choose(0, 160)
            from honest in Gen.Elements(true, true, true, false)
            select (opcode, node, body, cut, honest);

        Prop.ForAll(messages.ToArbitrary(), sample =>
        {
            var (opcode, node, body, cut, honest) = sample;
            var whole = kernel.Request((Opcode)opcode, unique: 1_000_000_000, node, body);
            var message = whole[..Math.Min(Math.Max(cut, 1), whole.Length)];
            if (honest && message.Length >= 4)
            {
                MemoryMarshal.Write(message, message.Length);
            }

            kernel.SendRaw(message);
            var replies = 0;
            var probe = kernel.Send(Opcode.GetAttributes, 1, new byte[16]);
            for (var reply = kernel.Receive(); reply.Unique != probe; reply = kernel.Receive())
            {
                replies++;
            }

            return replies <= 1;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task A_file_system_that_throws_costs_its_caller_EIO_and_nobody_else_anything()
    {
        await using var kernel = new FakeKernel(new ThrowingFileSystem());

        Assert.Equal(Errno.ESTALE, kernel.Init().Error);
        await Assert.ThrowsAsync<TimeoutException>(() => kernel.Server.Agreed);
        Assert.Equal(Errno.EIO, kernel.Ask(Opcode.Lookup, 1, FakeKernel.Name("x")).Error);
        Assert.Equal(Errno.EIO, kernel.Ask(Opcode.GetAttributes, 1, new byte[16]).Error);
        Assert.Equal(Errno.EIO, kernel.Ask(Opcode.ReadDirectory, 1, FakeKernel.ReadRequest(0, 4096)).Error);
        Assert.Equal(Errno.ESTALE, kernel.Read(ThrowingFileSystem.InTryRead, 0, 10).Error);
        Assert.Equal(Errno.ESTALE, kernel.Read(ThrowingFileSystem.InReadAsync, 0, 10).Error);
        Assert.Equal(Errno.EIO, kernel.Read(ThrowingFileSystem.TooManyBytes, 0, 10).Error);
        Assert.Equal(Errno.EIO, kernel.Read(ThrowingFileSystem.BadMemory, 0, 10).Error);
        Assert.Equal(Errno.ENOSYS, kernel.Ask(Opcode.Seek).Error);
    }

    [Fact]
    public async Task An_interrupt_without_a_target_is_never_answered_with_ENOSYS()
    {
        await using var kernel = new FakeKernel(new MemoryFileSystem());

        kernel.Send(Opcode.Interrupt);

        Assert.Equal(Errno.ENOSYS, kernel.Ask(Opcode.Seek).Error);
    }

    [Fact]
    public async Task A_name_longer_than_any_name_is_refused()
    {
        await using var kernel = new FakeKernel(new MemoryFileSystem());

        Assert.Equal(Errno.ENOENT, kernel.Ask(Opcode.Lookup, 1, FakeKernel.Name(new string('a', 255))).Error);
        Assert.Equal(Errno.ENAMETOOLONG, kernel.Ask(Opcode.Lookup, 1, FakeKernel.Name(new string('a', 256))).Error);
    }
}
