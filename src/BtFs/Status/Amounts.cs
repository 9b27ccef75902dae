using System.Globalization;
using BtFs.Commands;

namespace BtFs.Status;

/// <summary>Numbers as people read them.</summary>
internal static class Amounts
{
    private const double Minute = 60;
    private const double Hour = 60 * Minute;
    private const double Day = 24 * Hour;

    /// <summary>As in <c>1.5 GiB</c>.</summary>
    public static string Bytes(double bytes) => CacheListing.Size((long)Math.Clamp(bytes, 0, long.MaxValue / 2));

    /// <summary>As in <c>1.5 MiB/s</c>.</summary>
    public static string Rate(double bytesPerSecond) => $"{Bytes(bytesPerSecond)}/s";

    /// <summary>As in <c>34 %</c>, rounded down, so that only what is whole has 100.</summary>
    public static string Percent(double part, double whole) =>
        string.Create(CultureInfo.InvariantCulture, $"{(whole <= 0 ? 100 : Math.Clamp(Math.Floor(100 * part / whole), 0, 100)):0} %");

    /// <summary>As in <c>4 s</c>, <c>12 min</c>, <c>2 h 13 min</c>, <c>3 d 4 h</c>.</summary>
    public static string Time(double seconds) => seconds switch
    {
        < 2 * Minute => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(Math.Max(seconds, 0)):0} s"),
        < 2 * Hour => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / Minute):0} min"),
        < 2 * Day => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / Hour):0} h {Math.Floor(seconds % Hour / Minute):0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / Day):0} d {Math.Floor(seconds % Day / Hour):0} h"),
    };

    /// <summary>As in <c>1 peer</c>, <c>2 peers</c>.</summary>
    public static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
