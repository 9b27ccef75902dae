using System.Diagnostics;
using BtFs.Fuse;

namespace BtFs.Mount.Tests;

/// <summary>A process that goes by the name of a thumbnailer and does nothing.</summary>
internal sealed class ScannerProcess : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("btfs-scanner-").FullName;
    private readonly Process _process;

    private ScannerProcess()
    {
        var program = Path.Combine(_folder, "tumblerd");
        File.Copy("/bin/sleep", program);
        _process = Process.Start(program, "60");
    }

    /// <summary>As it stands in its requests.</summary>
    public Caller Caller => new(0, 0, (uint)_process.Id);

    public static ScannerProcess Start() => new();

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
