using System.Globalization;

namespace BtFs.Doctor;

/// <summary>Whether the clock can be right: with a wrong one no https tracker is believed.</summary>
internal static class ClockCheck
{
    private const string Name = "clock";
    private const int LastYear = 2100;

    private static readonly TimeSpan Tolerance = TimeSpan.FromDays(1);

    /// <summary>Judges the time.</summary>
    /// <param name="now">What the clock says.</param>
    /// <param name="built">When this program was written to the disk, at the earliest.</param>
    public static Check Of(DateTimeOffset now, DateTimeOffset built)
    {
        var text = now.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return now.Year > LastYear || now < built - Tolerance
            ? Check.Warning(Name, $"{text} cannot be right", "Set the clock, as with: timedatectl set-ntp true. With a wrong one https fails.")
            : Check.Ok(Name, text);
    }
}
