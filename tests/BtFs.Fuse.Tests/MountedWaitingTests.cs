using System.Diagnostics;

namespace BtFs.Fuse.Tests;

[Collection(MountCollection.Name)]
public class MountedWaitingTests
{
    private const int Readers = 256;
    private const int PageStride = 1 << 16;

    /// <summary>What a person takes for "at once", with room for a busy machine.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(2);

    private readonly MemoryFileSystem _files = new MemoryFileSystem()
        .Add("stalled", new byte[Readers * PageStride], stalls: true)
        .Add("ready", new byte[100]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Many_waiting_readers_cost_no_threads_and_hold_up_nobody(int threadsForRequests)
    {
        await using var mounted = await MountedDirectory.OfAsync(_files, new() { Subtype = "btfstest", Readers = threadsForRequests });
        var threads = ThreadCount();
        using var readers = Programs.Start("/usr/bin/python3", "-c", ReadEverywhere, mounted.File("stalled"));
        Eventually.IsTrue(() => mounted.Mount.WaitingReads == Readers, "all readers wait");

        var watch = Stopwatch.StartNew();
        Assert.Equal("ready\nstalled\n", (await Programs.RunAsync("ls", mounted.Path)).Text);
        Assert.Equal(0, (await Programs.RunAsync("stat", mounted.File("stalled"))).ExitCode);
        Assert.Equal(100, (await Programs.RunAsync("cat", mounted.File("ready"))).Output.Length);
        Assert.Equal(0, (await Programs.ShellAsync("exec <\"$1\"", mounted.File("stalled"))).ExitCode);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, AtOnce);
        Assert.InRange(ThreadCount() - threads, -threads, 8);

        _files.Release();
        Assert.Equal($"{Readers * 4096}\n", (await Programs.EndAsync(readers)).Text);
        Assert.Equal(0, mounted.Mount.WaitingReads);
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_waiting_reader_can_be_killed_at_once(string signal)
    {
        await using var mounted = await MountedDirectory.OfAsync(_files);
        using var reader = Programs.Start("head", "--bytes=1", mounted.File("stalled"));
        Eventually.IsTrue(() => mounted.Mount.WaitingReads > 0, "the reader waits");
        Assert.Equal(0, _files.Flushes);

        await KillAsync(reader, signal);

        Eventually.IsTrue(() => _files.Flushes == 1, "its end is told by a flush");
    }

    [Theory]
    [InlineData("KILL", 1)]
    [InlineData("INT", 1)]
    [InlineData("TERM", 1)]
    [InlineData("KILL", 2)]
    public async Task A_waiting_reader_without_the_kernels_cache_can_be_killed_at_once(string signal, int threadsForRequests)
    {
        await using var mounted = await MountedDirectory.OfAsync(_files, new() { Subtype = "btfstest", Readers = threadsForRequests });
        using var reader = Programs.Start("dd", "if=" + mounted.File("stalled"), "of=/dev/null", "bs=4096", "count=1", "iflag=direct");
        Eventually.IsTrue(() => mounted.Mount.WaitingReads == 1, "the reader waits");

        await KillAsync(reader, signal);

        Eventually.IsTrue(() => mounted.Mount.WaitingReads == 0 && _files.Cancelled == 1, "nothing waits any more");
    }

    [Fact]
    public async Task A_signal_that_a_program_handles_does_not_fail_its_read_and_it_can_still_be_killed()
    {
        await using var mounted = await MountedDirectory.OfAsync(_files);
        using var reader = Programs.Start("/usr/bin/python3", "-c", ReadDirectWithHandler, mounted.File("stalled"));
        Eventually.IsTrue(() => mounted.Mount.WaitingReads == 1, "the reader waits");

        for (var i = 0; i < 5; i++)
        {
            await Programs.ShellAsync("kill -s URG \"$1\"", $"{reader.Id}");
            Assert.Equal(0, (await Programs.RunAsync("stat", "--file-system", mounted.Path)).ExitCode);
        }

        Assert.Equal((1, 0), (mounted.Mount.WaitingReads, _files.Cancelled));
        await KillAsync(reader, "KILL");
        Eventually.IsTrue(() => mounted.Mount.WaitingReads == 0, "nothing waits any more");
    }

    [Fact]
    public async Task A_program_that_handles_signals_all_the_time_gets_its_bytes()
    {
        await using var mounted = await MountedDirectory.OfAsync(_files);
        using var reader = Programs.Start("/usr/bin/python3", "-c", ReadDirectWithHandler, mounted.File("stalled"));
        Eventually.IsTrue(() => mounted.Mount.WaitingReads == 1, "the reader waits");

        await Programs.ShellAsync("for i in 1 2 3 4 5 6 7 8 9; do kill -s URG \"$1\"; done", $"{reader.Id}");
        _files.Release();

        Assert.Equal("4096\n", (await Programs.EndAsync(reader)).Text);
    }

    /// <summary>With read-ahead off, so that each thread waits for a page of its own.</summary>
    private const string ReadEverywhere = """
        import os, sys, threading
        fd = os.open(sys.argv[1], os.O_RDONLY)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)
        got = []
        ts = [threading.Thread(target=lambda i=i: got.append(len(os.pread(fd, 4096, i * 65536)))) for i in range(256)]
        [t.start() for t in ts]
        [t.join() for t in ts]
        print(sum(got))
        """;

    /// <summary>By the C library's own read, which unlike Python's does not try again after EINTR.</summary>
    private const string ReadDirectWithHandler = """
        import ctypes, mmap, os, signal, sys
        signal.signal(signal.SIGURG, lambda *a: None)
        fd = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECT)
        page = mmap.mmap(-1, 4096)
        print(ctypes.CDLL(None).read(fd, ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(page))), 4096))
        """;

    private static async Task KillAsync(Process reader, string signal)
    {
        var watch = Stopwatch.StartNew();
        await Programs.ShellAsync("kill -s \"$1\" \"$2\"", signal, $"{reader.Id}");
        await Programs.EndAsync(reader);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, AtOnce);
    }

    private static int ThreadCount() => Directory.GetDirectories("/proc/self/task").Length;
}
