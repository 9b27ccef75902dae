using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BtFs.Tests;

/// <summary>The program against itself: one seeds a folder, the other mounts it; both run as a user runs them.</summary>
public sealed class SeedAndMountTests : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("btfs-program-test-").FullName;
    private Process _seed = null!;
    private string _magnet = "";
    private int _port;

    private string MountPoint => Path.Combine(_home, "mnt");

    private string Film => Path.Combine(MountPoint, "show", "film.bin");

    public async Task InitializeAsync()
    {
        var show = Directory.CreateDirectory(Path.Combine(_home, "show")).FullName;
        var film = new byte[1_000_000];
        new Random(1).NextBytes(film);
        await File.WriteAllBytesAsync(Path.Combine(show, "film.bin"), film);
        Directory.CreateDirectory(MountPoint);
        _port = FreePort();
        _seed = ProgramRun.Start(
            _home, "seed", show, $"--port={_port}", "--peer-hint=127.0.0.1", $"--torrent-out={Path.Combine(_home, "show.torrent")}");
        _magnet = await _seed.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await _seed.StandardError.ReadToEndAsync());
    }

    public async Task DisposeAsync()
    {
        if (IsMounted())
        {
            await RunAsync("fusermount3", "-uz", MountPoint);
        }

        await SignalAsync(_seed, "TERM");
        Assert.Equal(0, (await ProgramRun.EndOfAsync(_seed)).Code);
        _seed.Dispose();
        await ProgramRun.UntilAsync(() => !ProgramRun.ProcessesAt(_home).Any());
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task A_magnet_is_a_folder_when_the_command_returns_and_fusermount_ends_it_without_a_trace()
    {
        var run = await ProgramRun.OfAsync(_home, [_magnet, MountPoint, .. Ports]);

        Assert.Equal(new ProgramRun(0, "", ""), run);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(_home, "show", "film.bin")), await File.ReadAllBytesAsync(Film));

        await RunAsync("fusermount3", "-u", MountPoint);
        await ProgramRun.UntilAsync(() => ProgramRun.ProcessesAt(_home).Count() == 1);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_home, ".cache", "btfs")));
    }

    [Fact]
    public async Task With_keep_the_cache_is_there_afterwards()
    {
        await ProgramRun.OfAsync(_home, ["-k", _magnet, MountPoint, .. Ports]);
        await File.ReadAllBytesAsync(Film);

        await RunAsync("fusermount3", "-u", MountPoint);
        await ProgramRun.UntilAsync(() => ProgramRun.ProcessesAt(_home).Count() == 1);

        Assert.NotEmpty(Directory.EnumerateFileSystemEntries(Path.Combine(_home, ".cache", "btfs")));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public async Task A_signal_unmounts_though_a_file_is_open_and_the_program_succeeds(string signal)
    {
        using var process = ProgramRun.Start(_home, ["-f", Path.Combine(_home, "show.torrent"), MountPoint, $"--peer=127.0.0.1:{_port}", .. Ports]);
        await ProgramRun.UntilAsync(() => File.Exists(Film));
        await using var open = File.OpenRead(Film);

        await SignalAsync(process, signal);

        Assert.Equal(0, (await ProgramRun.EndOfAsync(process)).Code);
        Assert.False(IsMounted());
    }

    [Fact]
    public async Task A_mount_point_in_use_is_refused_with_4_and_stays_as_it_is()
    {
        await ProgramRun.OfAsync(_home, [_magnet, MountPoint, .. Ports]);

        var second = await ProgramRun.OfAsync(_home, [_magnet, MountPoint, .. Ports]);

        Assert.Equal(4, second.Code);
        Assert.Contains("is mounted already", second.Errors, StringComparison.Ordinal);
        Assert.Contains("fusermount3 -u", second.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(Film));
    }

    [Fact]
    public async Task With_browse_only_names_are_shown_and_content_is_refused()
    {
        await ProgramRun.OfAsync(_home, ["-b", _magnet, MountPoint, .. Ports]);

        Assert.Equal(1_000_000, new FileInfo(Film).Length);
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => File.ReadAllBytesAsync(Film));
    }

    private static string[] Ports => ["--min-port=0", "--max-port=0"];

    private bool IsMounted() => File.ReadAllText("/proc/self/mounts").Contains($" {MountPoint} ", StringComparison.Ordinal);

    private static Task SignalAsync(Process process, string signal) =>
        RunAsync("kill", "-s", signal, process.Id.ToString(CultureInfo.InvariantCulture));

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
