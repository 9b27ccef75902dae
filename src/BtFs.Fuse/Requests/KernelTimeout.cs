using System.Globalization;

namespace BtFs.Fuse.Requests;

/// <summary>The time after which the kernel ends a mount that has left a request unanswered (Linux 6.14, <c>fs.fuse.*_request_timeout</c>).</summary>
internal static class KernelTimeout
{
    /// <summary>How much of it may be used: the kernel looks only now and then, and the answer has to be on its way before.</summary>
    private const double UsablePart = 0.8;

    private static readonly string[] Settings = ["/proc/sys/fs/fuse/default_request_timeout", "/proc/sys/fs/fuse/max_request_timeout"];

    /// <summary>The bound in force, or <see langword="null"/> where there is none.</summary>
    public static TimeSpan? Read() => Smallest(Settings.Where(File.Exists).Select(File.ReadAllText));

    /// <summary>The usable part of the smallest setting that is not zero.</summary>
    /// <param name="settings">Seconds as the kernel prints them; 0 for "no bound".</param>
    internal static TimeSpan? Smallest(IEnumerable<string> settings)
    {
        var seconds = settings
            .Select(text => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0)
            .Where(value => value > 0)
            .DefaultIfEmpty(0)
            .Min();
        return seconds == 0 ? null : TimeSpan.FromSeconds(seconds * UsablePart);
    }
}
