using System.Diagnostics;
using BtFs.Fuse;

namespace BtFs.Mount.Tests;

public sealed class ScanningProgramsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("btfs-scanners-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("tumblerd", true)]
    [InlineData("totem-video-thu", true)] // As the kernel cuts totem-video-thumbnailer.
    [InlineData("totem-video-thumbnailer", true)]
    [InlineData("Plex Media Scanner", true)]
    [InlineData("Plex Media Scan", true)]
    [InlineData("mpv", false)]
    [InlineData("cp", false)]
    [InlineData("files", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_scanner_is_known_by_its_name_whole_or_cut(string? name, bool isScanner) => Assert.Equal(isScanner, ScanningPrograms.IsOne(name));

    [Theory]
    [InlineData("tumblerd", true)]
    [InlineData("localsearch-extractor-3", true)]
    [InlineData("sleepy", false)]
    public void A_running_program_is_known_by_its_file(string name, bool isScanner)
    {
        using var process = Start(name);

        Assert.Equal(isScanner, ScanningPrograms.Include(new Caller(0, 0, (uint)process.Id)));
        process.Kill();
    }

    [Fact]
    public void A_caller_that_is_gone_or_cannot_be_seen_is_taken_for_none()
    {
        using var process = Start("tumblerd");
        process.Kill();
        process.WaitForExit();

        Assert.False(ScanningPrograms.Include(new Caller(0, 0, (uint)process.Id)));
        Assert.False(ScanningPrograms.Include(default));
    }

    private Process Start(string name)
    {
        // A copy of a real program, since a script would bear the name of its interpreter.
        var program = Path.Combine(_folder, name);
        File.Copy("/bin/sleep", program, overwrite: true);
        return Process.Start(program, "60");
    }
}
