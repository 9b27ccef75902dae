using System.Globalization;

namespace BtFs.Commands;

/// <summary>Numbers with units, as people type them.</summary>
internal static class Quantities
{
    /// <summary>Reads a rate: <c>100</c> is 100 kB/s, as johang/btfs has it; <c>100k</c>, <c>1.5M</c>, <c>2MiB/s</c> say their unit.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="bytesPerSecond">The rate; 0 is no limit.</param>
    public static bool TryRate(string text, out long bytesPerSecond)
    {
        var rate = text.EndsWith("/s", StringComparison.Ordinal) ? text[..^2] : text;
        return TryScale(rate, bareUnit: 1000, out bytesPerSecond);
    }

    /// <summary>Reads a time: <c>90</c> is seconds; <c>90s</c>, <c>5m</c>, <c>1h</c> say their unit; <c>forever</c> never ends.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="time">The time, above zero and at most a year; or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    public static bool TryTime(string text, out TimeSpan time)
    {
        time = Timeout.InfiniteTimeSpan;
        if (text == "forever")
        {
            return true;
        }

        var (digits, unit) = text switch
        {
            [.. var d, 's'] => (d, 1),
            [.. var d, 'm'] => (d, 60),
            [.. var d, 'h'] => (d, 3600),
            _ => (text, 1),
        };
        if (!TryNumber(digits, out var number) || number <= 0 || number * unit > TimeSpan.SecondsPerDay * 366)
        {
            return false;
        }

        time = TimeSpan.FromSeconds(number * unit);
        return true;
    }

    private static bool TryScale(string text, long bareUnit, out long bytes)
    {
        bytes = 0;
        var digits = text.TrimEnd("kKMGiB".ToCharArray());
        long unit = text[digits.Length..] switch
        {
            "" => bareUnit,
            "B" => 1,
            "k" or "K" or "kB" or "KB" => 1000,
            "M" or "MB" => 1_000_000,
            "G" or "GB" => 1_000_000_000,
            "Ki" or "KiB" => 1L << 10,
            "Mi" or "MiB" => 1L << 20,
            "Gi" or "GiB" => 1L << 30,
            _ => 0,
        };
        if (unit == 0 || !TryNumber(digits, out var number) || number * unit > long.MaxValue / 2)
        {
            return false;
        }

        bytes = (long)(number * unit);
        return true;
    }

    private static bool TryNumber(string digits, out double number) =>
        double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
