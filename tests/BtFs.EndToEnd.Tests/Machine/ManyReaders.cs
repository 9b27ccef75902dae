using System.Diagnostics;
using System.Globalization;

namespace BtFs.EndToEnd.Machine;

/// <summary>One program with many threads, each waiting for a read of the same file at a place of its own.</summary>
internal sealed class ManyReaders : IDisposable
{
    private const string Program = """
        import os, sys, threading
        film, count, stride = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        threading.stack_size(256 * 1024)
        file = os.open(film, os.O_RDONLY)
        def read(place):
            try:
                os.pread(file, 4096, place * stride)
            except OSError:
                pass
        for place in range(count):
            threading.Thread(target=read, args=(place,), daemon=True).start()
        print("started", flush=True)
        threading.Event().wait()
        """;

    // pread64(2) on x86-64 and arm64 (asm/unistd.h).
    private static readonly string[] ReadCalls = ["17 ", "67 "];
    private static readonly TimeSpan WaitWithin = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private ManyReaders(Process process)
    {
        _process = process;
    }

    /// <summary>Starts them and returns once all of them wait.</summary>
    public static async Task<ManyReaders> StartAsync(string file, int count, int stride)
    {
        var process = new Command(
            "/usr/bin/python3", "-c", Program, file, count.ToString(CultureInfo.InvariantCulture), stride.ToString(CultureInfo.InvariantCulture)).Start();
        var readers = new ManyReaders(process);
        await Eventually.TrueAsync($"{count} readers wait", WaitWithin, () => readers.Waiting() == count);
        return readers;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit(TimeSpan.FromSeconds(5));
        }

        _process.Dispose();
    }

    private int Waiting()
    {
        Assert.False(_process.HasExited, "The readers ended instead of waiting.");
        return Directory.EnumerateDirectories($"/proc/{_process.Id}/task").Count(IsReading);
    }

    private static bool IsReading(string task)
    {
        try
        {
            var call = File.ReadAllText(Path.Combine(task, "syscall"));
            return ReadCalls.Any(number => call.StartsWith(number, StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }
}
