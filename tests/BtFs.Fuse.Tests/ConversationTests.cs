using BtFs.Fuse.Abi;
using BtFs.Fuse.Replies;
using BtFs.Fuse.Requests;

namespace BtFs.Fuse.Tests;

public class ConversationTests
{
    private const ulong FirstFile = 2;

    private readonly MemoryFileSystem _files = new MemoryFileSystem()
        .Add("ready", Enumerable.Range(0, 10_000).Select(i => (byte)(i % 256)).ToArray())
        .Add("stalled", new byte[5000], stalls: true);

    [Fact]
    public async Task The_kernel_is_offered_asynchronous_reads_and_never_asynchronous_direct_io()
    {
        await using var kernel = new FakeKernel(_files);

        var answer = kernel.Init().As<InitOut>();

        var flags = (InitFlags)(answer.Flags | ((ulong)answer.Flags2 << 32));
        Assert.Equal((7u, 45u), (answer.Major, answer.Minor));
        Assert.True(flags.HasFlag(InitFlags.AsyncRead | InitFlags.MaxPages | InitFlags.NoOpenDirectory | InitFlags.AbortError | InitFlags.ExpireOnly));
        Assert.False(flags.HasFlag(InitFlags.AsyncDirectIo));
        Assert.Equal((1024, 768), (answer.MaxBackground, answer.CongestionThreshold));
        Assert.Equal((4096u, Handshake.MaxRead / Environment.SystemPageSize), (answer.MaxWrite, answer.MaxPages));
        Assert.Equal(131072u, answer.MaxReadahead);
    }

    [Fact]
    public async Task Nothing_is_agreed_that_the_kernel_did_not_offer()
    {
        await using var kernel = new FakeKernel(_files);

        var answer = kernel.Init(minor: 31, flags: (ulong)InitFlags.AsyncRead).As<InitOut>();

        Assert.Equal((31u, (uint)InitFlags.AsyncRead, 0u), (answer.Minor, answer.Flags, answer.Flags2));
        Assert.Equal(31, (await kernel.Server.Agreed).ProtocolMinor);
    }

    [Fact]
    public async Task A_kernel_older_than_5_4_is_refused()
    {
        await using var kernel = new FakeKernel(_files);

        Assert.Equal(Errno.EPROTO, kernel.Init(minor: 30).Error);
        await Assert.ThrowsAsync<HandshakeException>(() => kernel.Server.Agreed);
    }

    [Fact]
    public async Task A_kernel_with_a_newer_major_version_is_told_ours_and_asks_again()
    {
        await using var kernel = new FakeKernel(_files);

        Assert.Equal(7u, kernel.Init(major: 8).As<InitOut>().Major);
        Assert.False(kernel.Server.Agreed.IsCompleted);
        Assert.Equal(Errno.None, kernel.Init().Error);
        Assert.True((await kernel.Server.Agreed).ProtocolMinor == 45);
    }

    public static TheoryData<int> Changes => new(4, 6, 8, 9, 10, 11, 12, 13, 16, 21, 24, 35, 43, 45, 47, 51);

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Whatever_would_change_the_file_system_is_refused_as_read_only(int opcode)
    {
        await using var kernel = new FakeKernel(_files);

        Assert.Equal(Errno.EROFS, kernel.Ask((Opcode)opcode, FirstFile, new byte[64]).Error);
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(2u)]
    [InlineData(0x200u)]
    public async Task Opening_for_writing_or_truncating_is_refused_as_read_only(uint flags)
    {
        await using var kernel = new FakeKernel(_files);

        Assert.Equal(Errno.EROFS, kernel.Ask(Opcode.Open, FirstFile, FakeKernel.BytesOf(new OpenIn { Flags = flags })).Error);
    }

    [Theory]
    [InlineData(46)]
    [InlineData(27)]
    [InlineData(34)]
    [InlineData(20)]
    [InlineData(52)]
    [InlineData(4711)]
    public async Task What_is_not_offered_is_answered_once_with_ENOSYS(int opcode)
    {
        await using var kernel = new FakeKernel(_files);

        Assert.Equal(Errno.ENOSYS, kernel.Ask((Opcode)opcode, FirstFile, new byte[64]).Error);
    }

    [Fact]
    public async Task An_opened_file_keeps_the_kernels_cache()
    {
        await using var kernel = new FakeKernel(_files);

        Assert.Equal(OpenOut.KeepCache, kernel.Ask(Opcode.Open, FirstFile, FakeKernel.BytesOf(default(OpenIn))).As<OpenOut>().OpenFlags);
    }

    [Fact]
    public async Task A_flush_is_always_welcome()
    {
        await using var kernel = new FakeKernel(_files);

        Assert.Equal(Errno.None, kernel.Ask(Opcode.Flush, FirstFile, FakeKernel.BytesOf(default(FlushIn))).Error);
        Assert.Equal(1, _files.Flushes);
    }

    [Fact]
    public async Task A_read_gets_its_bytes_and_no_more_than_the_file_has()
    {
        await using var kernel = new FakeKernel(_files);

        Assert.Equal(new byte[] { 5, 6, 7 }, kernel.Read(FirstFile, 5, 3).Body);
        Assert.Equal(10_000 - 8192, kernel.Read(FirstFile, 8192, 4096).Body.Length);
        Assert.Empty(kernel.Read(FirstFile, long.MaxValue, 4096).Body);
    }

    [Fact]
    public async Task Forgetting_is_never_answered()
    {
        await using var kernel = new FakeKernel(_files);

        kernel.Send(Opcode.Forget, FirstFile, FakeKernel.BytesOf(new ForgetIn { Lookups = 1 }));
        kernel.Send(Opcode.BatchForget, 0, FakeKernel.BytesOf(new BatchForgetIn { Count = 3 }));

        Assert.Equal(Errno.None, kernel.Ask(Opcode.GetAttributes, 1, new byte[16]).Error);
    }

    [Fact]
    public async Task A_waiting_read_holds_up_nobody()
    {
        await using var kernel = new FakeKernel(_files);

        var waiting = kernel.Send(Opcode.Read, FirstFile + 1, FakeKernel.ReadRequest(0, 4096));
        Assert.Equal(Errno.None, kernel.Ask(Opcode.GetAttributes, 1, new byte[16]).Error);
        Assert.Equal(1, kernel.Server.WaitingCount);

        _files.Release();
        var reply = kernel.Receive();
        Assert.Equal((waiting, 4096), (reply.Unique, reply.Body.Length));
    }

    [Fact]
    public async Task A_read_whose_reader_is_gone_ends_with_EINTR()
    {
        // Thread 0: a reader in another process namespace, whose signals nobody can see; it is let go after two seconds.
        var clock = new HandClock();
        await using var kernel = new FakeKernel(_files, timeProvider: clock);
        var waiting = kernel.Send(Opcode.Read, FirstFile + 1, FakeKernel.ReadRequest(0, 4096));

        kernel.SendRaw(kernel.Request(Opcode.Interrupt, waiting | 1, 0, FakeKernel.BytesOf(new InterruptIn { Target = waiting })));
        Assert.Equal(Errno.None, kernel.Ask(Opcode.GetAttributes, 1, new byte[16]).Error);
        Assert.Equal(1, kernel.Server.WaitingCount);

        clock.Advance(TimeSpan.FromSeconds(3));
        var reply = kernel.Receive();
        Assert.Equal((waiting, Errno.EINTR), (reply.Unique, reply.Error));
        _files.Release();
        Assert.Equal(Errno.None, kernel.Ask(Opcode.GetAttributes, 1, new byte[16]).Error);
    }

    [Fact]
    public async Task An_interrupt_for_a_reader_without_pending_signals_changes_nothing()
    {
        await using var kernel = new FakeKernel(_files) { ThreadId = (uint)Environment.ProcessId };
        var waiting = kernel.Send(Opcode.Read, FirstFile + 1, FakeKernel.ReadRequest(0, 4096));

        kernel.SendRaw(kernel.Request(Opcode.Interrupt, waiting | 1, 0, FakeKernel.BytesOf(new InterruptIn { Target = waiting })));
        Assert.Equal(Errno.None, kernel.Ask(Opcode.GetAttributes, 1, new byte[16]).Error);
        _files.Release();

        var reply = kernel.Receive();
        Assert.Equal((waiting, Errno.None), (reply.Unique, reply.Error));
    }

    [Fact]
    public async Task An_interrupt_that_overtakes_its_target_is_sent_back_when_there_are_two_readers()
    {
        await using var kernel = new FakeKernel(_files, readers: 2);

        kernel.SendRaw(kernel.Request(Opcode.Interrupt, 7, 0, FakeKernel.BytesOf(new InterruptIn { Target = 6 })));

        var reply = kernel.Receive();
        Assert.Equal((7ul, Errno.EAGAIN), (reply.Unique, reply.Error));
    }

    [Fact]
    public async Task Unmounting_ends_waiting_reads_and_lets_none_wait_again()
    {
        await using var kernel = new FakeKernel(_files);
        var first = kernel.Send(Opcode.Read, FirstFile + 1, FakeKernel.ReadRequest(0, 4096));
        Assert.Equal(Errno.None, kernel.Ask(Opcode.GetAttributes, 1, new byte[16]).Error);

        kernel.Server.EndWaiting();

        var reply = kernel.Receive();
        Assert.Equal((first, Errno.EIO), (reply.Unique, reply.Error));
        Assert.Equal(Errno.EIO, kernel.Read(FirstFile + 1, 0, 4096).Error);
    }

    [Fact]
    public async Task The_end_of_the_connection_cancels_what_still_waits()
    {
        var kernel = new FakeKernel(_files);
        kernel.Send(Opcode.Read, FirstFile + 1, FakeKernel.ReadRequest(0, 4096));
        Assert.Equal(Errno.None, kernel.Ask(Opcode.GetAttributes, 1, new byte[16]).Error);

        await kernel.DisposeAsync();

        Assert.True(SpinWait.SpinUntil(() => _files.Cancelled == 1, Programs.Patience));
        Assert.Equal(0, kernel.Server.WaitingCount);
    }

    [Fact]
    public async Task A_listing_too_small_for_one_name_is_an_error_and_not_an_empty_directory()
    {
        await using var kernel = new FakeKernel(_files);

        Assert.Equal(Errno.EINVAL, kernel.Ask(Opcode.ReadDirectory, 1, FakeKernel.ReadRequest(0, 16)).Error);
    }

    [Fact]
    public async Task A_listing_continues_where_the_last_one_was_full()
    {
        await using var kernel = new FakeKernel(_files);

        var names = new List<string>();
        var cookie = 0UL;
        while (kernel.Ask(Opcode.ReadDirectoryPlus, 1, FakeKernel.ReadRequest((long)cookie, 200)).Body is { Length: > 0 } body)
        {
            cookie = Listing.Add(body, withAttributes: true, names);
        }

        Assert.Equal([".", "..", "ready", "stalled"], names);
    }

    [Theory]
    [InlineData(0u, Errno.None, 8)]
    [InlineData(3u, Errno.ERANGE, 0)]
    [InlineData(4u, Errno.None, 4)]
    public async Task An_attribute_is_measured_first_and_then_fetched(uint room, Errno error, int length)
    {
        await using var kernel = new FakeKernel(_files);

        var reply = kernel.Ask(
            Opcode.GetExtendedAttribute, FirstFile, FakeKernel.BytesOf(new ExtendedAttributeIn { Size = room }), FakeKernel.Name("user.colour"));

        Assert.Equal((error, length), (reply.Error, reply.Body.Length));
    }
}
