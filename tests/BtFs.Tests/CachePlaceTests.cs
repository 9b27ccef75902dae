using BtFs.Running;

namespace BtFs.Tests;

public sealed class CachePlaceTests
{
    [Theory]
    [InlineData("/chosen", "/x", "/home/u", 1000, "/chosen")]
    [InlineData(null, "/x", "/home/u", 1000, "/x/btfs")]
    [InlineData(null, null, "/home/u", 1000, "/home/u/.cache/btfs")]
    [InlineData(null, "relative", "/home/u", 1000, "/home/u/.cache/btfs")]
    [InlineData(null, "", "", 0, "/var/cache/btfs")]
    public void The_cache_is_where_the_user_or_the_desktop_says(string? chosen, string? cacheHome, string? home, int user, string place) =>
        Assert.Equal(place, CachePlace.Find(chosen, name => name == "HOME" ? home : cacheHome, (uint)user));

    [Fact]
    public void Without_HOME_an_ordinary_user_is_told_what_to_do()
    {
        var report = ErrorReport.Of(Assert.Throws<CommandException>(() => CachePlace.Find(null, _ => null, userId: 1000)));

        Assert.Equal(ExitCode.System, report.Code);
        Assert.Contains("--data-directory=DIR", report.Text, StringComparison.Ordinal);
    }
}
