using System.Diagnostics;
using BtFs.Fuse;
using BtFs.Mount.Scanning;
using BtFs.Testing;

namespace BtFs.Mount.Tests;

public sealed class ScanningProgramsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("btfs-scanners-").FullName;
    private readonly List<Process> _processes = [];

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("tumblerd", true)]
    [InlineData("totem-video-thu", true)] // As the kernel cuts totem-video-thumbnailer.
    [InlineData("totem-video-thumbnailer", true)]
    [InlineData("Plex Media Scanner", true)]
    [InlineData("Plex Media Scan", true)]
    [InlineData("baloo_file_extractor", true)]
    [InlineData("mpv", false)]
    [InlineData("cp", false)]
    [InlineData("files", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_scanner_is_known_by_its_name_whole_or_cut(string? name, bool isScanner) => Assert.Equal(isScanner, ScanningPrograms.KindOf(name) is not null);

    [Theory]
    [InlineData("tumblerd", ScannerState.Sampling)]
    [InlineData("localsearch-extractor-3", ScannerState.Sampling)]
    [InlineData("sleepy", null)]
    [InlineData("my own indexer, not known", ScannerState.Denied)]
    [InlineData("ffprobe", ScannerState.Allowed)]
    public void A_running_program_is_known_by_its_file(string name, ScannerState? state)
    {
        var ledger = Ledger();
        Assert.Equal(state, ledger.AccountOf(CallerOf(Start(name)))?.Open());

        Assert.Equal(state is { } known ? [(name, known)] : [], ledger.Programs.Select(program => (program.Program, program.State)));
    }

    [Fact]
    public void Whoever_reads_for_a_scanner_is_taken_for_it()
    {
        // "sh -c" with two commands stays, as the parent of the second.
        var child = ChildOf(Start("recollindex", "/bin/sh", "-c", "sleep 60; true"));

        Assert.Equal(ScannerState.Sampling, Ledger().AccountOf(child)?.Open());
        Assert.Null(new ScanLedger(new ProgramRules { Denied = ["sh"] }, new ManualTimeProvider()).AccountOf(ChildOf(Start("some shell", "/bin/sh", "-c", "sleep 60; true"))));
        Assert.Equal(
            ScannerState.Denied,
            new ScanLedger(new ProgramRules { Denied = ["recollindex"] }, new ManualTimeProvider()).AccountOf(child)?.Open());
    }

    [Fact]
    public void A_caller_that_is_gone_or_cannot_be_seen_is_taken_for_none()
    {
        var process = Start("tumblerd");
        process.Kill();
        process.WaitForExit();

        Assert.Null(Ledger().AccountOf(CallerOf(process)));
        Assert.Null(Ledger().AccountOf(default));
    }

    private static ScanLedger Ledger() =>
        new(new ProgramRules { Denied = ["my own indexer, not known"], Allowed = ["ffprobe"] }, new ManualTimeProvider());

    private static Caller CallerOf(Process process) => new(0, 0, (uint)process.Id);

    private static Caller ChildOf(Process process)
    {
        var children = $"/proc/{process.Id}/task/{process.Id}/children";
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText(children).Length > 0, TimeSpan.FromSeconds(10)), "It starts nobody.");
        return new Caller(0, 0, uint.Parse(File.ReadAllText(children).Split(' ')[0]));
    }

    private Process Start(string name, string original = "/bin/sleep", params string[] arguments)
    {
        // A copy of a real program, since a script would bear the name of its interpreter.
        var program = Path.Combine(_folder, name);
        File.Copy(original, program, overwrite: true);
        var process = Process.Start(program, arguments is [] ? ["60"] : arguments);
        _processes.Add(process);
        return process;
    }
}
