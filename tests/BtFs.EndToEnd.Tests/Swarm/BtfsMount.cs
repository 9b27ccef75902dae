using System.Diagnostics;
using System.Text;

namespace BtFs.EndToEnd.Swarm;

/// <summary>A mount of the program under test, in folders of its own, ended and looked after whatever happens.</summary>
internal sealed class BtfsMount : IAsyncDisposable
{
    /// <summary>How long an unmount may take until nothing is left.</summary>
    public static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TestWithin = TimeSpan.FromMinutes(Rounds.AreMany ? 60 : 3);

    private readonly Process _process;
    private readonly Breaker _breaker;
    private readonly StringBuilder _log;

    private BtfsMount(Process process, BtfsPlaces places, StringBuilder log)
    {
        _process = process;
        _log = log;
        Places = places;
        _breaker = new Breaker(process.Id, places.MountPoint, TestWithin);
    }

    public BtfsPlaces Places { get; }

    /// <summary>The mountpoint.</summary>
    public string Path => Places.MountPoint;

    public int Pid => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Only after its end.</summary>
    public int ExitCode => _process.ExitCode;

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Mounts in the foreground and returns when the torrent can be listed.</summary>
    public static Task<BtfsMount> StartAsync(TemporaryFolder folder, string source, params IEnumerable<string> options) =>
        StartAsync(BtfsPlaces.In(folder), source, options);

    /// <summary>The same, in these places.</summary>
    public static Task<BtfsMount> StartAsync(BtfsPlaces places, string source, params IEnumerable<string> options) =>
        StartAsync(places, [.. options, source], mount => Directory.EnumerateFileSystemEntries(mount.Path).Any());

    /// <summary>Mounts a library in the foreground, with its list of torrents outside of the places: it stays when the mount ends.</summary>
    /// <param name="places">Where.</param>
    /// <param name="library">The folder of the list.</param>
    /// <param name="words">Options and sources.</param>
    public static Task<BtfsMount> StartLibraryAsync(BtfsPlaces places, string library, params IEnumerable<string> words) =>
        StartAsync(places, [$"--library={library}", "--verbose", .. words], mount => Directory.Exists(mount.At(".btfs")));

    private static async Task<BtfsMount> StartAsync(BtfsPlaces places, IEnumerable<string> words, Func<BtfsMount, bool> isListed)
    {
        var log = new StringBuilder();
        var process = Process.Start(places.Start(["-f", .. words, places.MountPoint]))
            ?? throw new InvalidOperationException($"{BtfsProgram.Path} did not start.");
        Keep(process, log);
        var mount = new BtfsMount(process, places, log);
        try
        {
            await Eventually.TrueAsync("the torrent is listed", ReadyWithin, () => mount.IsListed(isListed));
            return mount;
        }
        catch (Exception notMounted) when (notMounted is TimeoutException or IOException or InvalidOperationException)
        {
            await mount.DisposeAsync();
            throw new InvalidOperationException($"{notMounted.Message}\n{mount.Log}", notMounted);
        }
    }

    /// <summary>A path inside the mount.</summary>
    public string At(string path) => System.IO.Path.Combine(Path, path);

    public Task<CommandResult> ShellAsync(string line) => Command.ShellAsync(Path, line);

    /// <summary>Runs <c>fusermount3 -u</c> and checks that nothing is left in time.</summary>
    public async Task UnmountAsync()
    {
        (await Command.RunAsync("fusermount3", "-u", Path)).Ok();
        await AssertEndsCleanlyAsync();
    }

    /// <summary>Checks that the program ends by itself, with exit code 0 and with nothing left: no process, mount or file.</summary>
    public async Task AssertEndsCleanlyAsync()
    {
        using var deadline = new CancellationTokenSource(EndsWithin);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"btfs was still there {EndsWithin.TotalSeconds} s after it should end.\n{Log}");
        }

        Assert.True(_process.ExitCode == 0, $"btfs ended with {_process.ExitCode}\n{Log}");
        await Places.AssertNothingLeftAsync();
    }

    /// <summary>Ends the program without a chance to clean up.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited && MountTable.Has(Path))
        {
            Signals.Send(_process.Id, Signals.Terminate);
            using var deadline = new CancellationTokenSource(EndsWithin);
            try
            {
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                // The breaker is for this.
            }
        }

        _breaker.Dispose();
        _process.Dispose();
    }

    internal static void Keep(Process process, StringBuilder log)
    {
        void Append(object sender, DataReceivedEventArgs line)
        {
            lock (log)
            {
                log.AppendLine(line.Data);
            }
        }

        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private bool IsListed(Func<BtfsMount, bool> isListed)
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"btfs ended with {_process.ExitCode} before the torrent was listed.");
        }

        return MountTable.Has(Path) && isListed(this);
    }
}
