using System.Globalization;

namespace BtFs.EndToEnd.Machine;

/// <summary>What a process holds at one moment (proc(5)).</summary>
/// <param name="Resident">Bytes of memory.</param>
/// <param name="Handles">Open descriptors.</param>
/// <param name="Threads">Threads.</param>
internal sealed record ProcessSize(long Resident, int Handles, int Threads)
{
    public static ProcessSize Of(int pid)
    {
        var status = File.ReadAllLines($"/proc/{pid}/status");
        return new ProcessSize(
            Number(status, "VmRSS:") * 1024,
            Directory.GetFiles($"/proc/{pid}/fd").Length,
            (int)Number(status, "Threads:"));
    }

    private static long Number(string[] status, string name) =>
        long.Parse(status.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", "").Trim(), CultureInfo.InvariantCulture);
}
