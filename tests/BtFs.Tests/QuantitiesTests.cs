using BtFs.Commands;

namespace BtFs.Tests;

public sealed class QuantitiesTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("100", 100_000)]
    [InlineData("100k", 100_000)]
    [InlineData("1.5M", 1_500_000)]
    [InlineData("2MiB", 2 << 20)]
    [InlineData("2MiB/s", 2 << 20)]
    [InlineData("512KiB", 512 << 10)]
    [InlineData("7B", 7)]
    [InlineData("1GB/s", 1_000_000_000)]
    public void A_rate_is_in_kilobytes_unless_it_says_its_unit(string text, long bytesPerSecond)
    {
        Assert.True(Quantities.TryRate(text, out var rate));
        Assert.Equal(bytesPerSecond, rate);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("fast")]
    [InlineData("1e9")]
    [InlineData("1 M")]
    [InlineData("1,5M")]
    [InlineData("1kk")]
    [InlineData("NaN")]
    [InlineData("9999999999999999999G")]
    public void What_is_no_rate_is_refused(string text) => Assert.False(Quantities.TryRate(text, out _));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("4096", 4096)]
    [InlineData("7B", 7)]
    [InlineData("200M", 200L << 20)]
    [InlineData("20GiB", 20L << 30)]
    [InlineData("1.5T", 3L << 39)]
    [InlineData("64k", 64 << 10)]
    [InlineData("200MB", 200_000_000)]
    public void A_size_is_in_bytes_unless_it_says_its_unit(string text, long bytes)
    {
        Assert.True(Quantities.TrySize(text, out var size));
        Assert.Equal(bytes, size);
    }

    [Theory]
    [InlineData("5%", 50)]
    [InlineData("0%", 0)]
    [InlineData("2.5%", 25)]
    [InlineData("1k", 1024)]
    public void An_amount_of_disk_is_a_size_or_a_part_of_it(string text, long ofThousand)
    {
        Assert.True(Quantities.TryShare(text, out var share));
        Assert.Equal(ofThousand, share.On(1000));
    }

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("-1M")]
    [InlineData("101%")]
    [InlineData("1 G")]
    [InlineData("much")]
    [InlineData("200mb")]
    [InlineData("99999999999G")]
    public void What_is_no_amount_of_disk_is_refused(string text) => Assert.False(Quantities.TryShare(text, out _));

    [Theory]
    [InlineData("1", 1)]
    [InlineData("0.5", 0.5)]
    [InlineData("90s", 90)]
    [InlineData("5m", 300)]
    [InlineData("1h", 3600)]
    public void A_time_is_in_seconds_unless_it_says_its_unit(string text, double seconds)
    {
        Assert.True(Quantities.TryTime(text, out var time));
        Assert.Equal(TimeSpan.FromSeconds(seconds), time);
    }

    [Fact]
    public void Forever_has_no_end()
    {
        Assert.True(Quantities.TryTime("forever", out var time));
        Assert.Equal(Timeout.InfiniteTimeSpan, time);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("1d")]
    [InlineData("99999999")]
    public void What_is_no_time_is_refused(string text) => Assert.False(Quantities.TryTime(text, out _));
}
