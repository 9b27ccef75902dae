using System.Globalization;

namespace BtFs.EndToEnd.Machine;

/// <summary>A control group with a memory limit, version 1 or 2 (cgroups(7)); gone with the test. Needs root.</summary>
internal sealed class MemoryGroup : IAsyncDisposable
{
    private const string Version1 = "/sys/fs/cgroup/memory";
    private const string Version2 = "/sys/fs/cgroup";

    private static readonly TimeSpan EmptyWithin = TimeSpan.FromSeconds(10);

    private readonly string _folder;

    public MemoryGroup(long bytes)
    {
        var isOld = Directory.Exists(Version1);
        _folder = Path.Combine(isOld ? Version1 : Version2, $"btfs-test-{Guid.NewGuid():N}");
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, isOld ? "memory.limit_in_bytes" : "memory.max"), bytes.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>From here on its memory counts here.</summary>
    public void Take(int pid) => File.WriteAllText(Path.Combine(_folder, "cgroup.procs"), pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>To be called once what it took has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        var processes = Path.Combine(_folder, "cgroup.procs");
        await Eventually.TrueAsync($"{processes} is empty", EmptyWithin, () => File.ReadAllText(processes).Length == 0);
        Directory.Delete(_folder);
    }
}
