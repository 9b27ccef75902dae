using System.Globalization;
using BtFs.Engine;

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

    /// <summary>Reads a size: <c>1000</c> is bytes; <c>200M</c> and <c>20GiB</c> count in powers of 1024, <c>200MB</c> in powers of 1000, as the core utilities have it.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="bytes">The size, 0 or more.</param>
    public static bool TrySize(string text, out long bytes)
    {
        bytes = 0;
        var digits = text.TrimEnd("kKMGTiB".ToCharArray());
        long unit = text[digits.Length..] switch
        {
            "" or "B" => 1,
            "k" or "K" or "KiB" => 1L << 10,
            "M" or "MiB" => 1L << 20,
            "G" or "GiB" => 1L << 30,
            "T" or "TiB" => 1L << 40,
            "kB" or "KB" => 1000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            "TB" => 1_000_000_000_000,
            _ => 0,
        };
        if (unit == 0 || !TryNumber(digits, out var number) || number * unit > long.MaxValue / 4)
        {
            return false;
        }

        bytes = (long)(number * unit);
        return true;
    }

    /// <summary>Reads an amount of disk: a size, or a part of the file system, as <c>5%</c>.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="share">The amount.</param>
    public static bool TryShare(string text, out DiskShare share)
    {
        share = default;
        if (text is [.. var digits, '%'])
        {
            var isPart = TryNumber(digits, out var percent) && percent is >= 0 and <= 100;
            share = percent == 0 ? DiskShare.OfBytes(0) : DiskShare.OfFileSystem(percent / 100);
            return isPart;
        }

        var isSize = TrySize(text, out var bytes);
        share = DiskShare.OfBytes(bytes);
        return isSize;
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
