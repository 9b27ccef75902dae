using System.Runtime.InteropServices;

namespace BtFs.Engine.Network;

/// <summary>The clock that goes on while the machine sleeps: CLOCK_BOOTTIME (clock_gettime(2)). .NET's own clocks stand still meanwhile.</summary>
internal static partial class BootClock
{
    private const int ClockBootTime = 7;

    /// <summary>Time since the machine was started.</summary>
    internal static TimeSpan Now =>
        clock_gettime(ClockBootTime, out var time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000)
            : throw new InvalidOperationException("The kernel has no CLOCK_BOOTTIME.");

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(nint Seconds, nint Nanoseconds);
}
