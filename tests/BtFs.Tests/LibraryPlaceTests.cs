using BtFs.Libraries;

namespace BtFs.Tests;

public sealed class LibraryPlaceTests
{
    [Theory]
    [InlineData("/chosen", "/x", "/home/u", 1000, "/chosen")]
    [InlineData(null, "/x", "/home/u", 1000, "/x/btfs/library/home-u-torrents-")]
    [InlineData(null, null, "/home/u", 1000, "/home/u/.local/state/btfs/library/home-u-torrents-")]
    [InlineData(null, "relative", "/home/u", 1000, "/home/u/.local/state/btfs/library/home-u-torrents-")]
    [InlineData(null, "", "", 0, "/var/lib/btfs/library/home-u-torrents-")]
    public void The_list_of_torrents_is_where_the_user_or_the_desktop_says(string? chosen, string? state, string? home, int user, string place) =>
        Assert.StartsWith(place, LibraryPlace.Find(chosen, "/home/u/torrents", name => name == "HOME" ? home : state, (uint)user), StringComparison.Ordinal);

    [Fact]
    public void Without_HOME_an_ordinary_user_is_told_what_to_do()
    {
        var report = ErrorReport.Of(Assert.Throws<CommandException>(() => LibraryPlace.Find(null, "/mnt", _ => null, userId: 1000)));

        Assert.Equal(ExitCode.System, report.Code);
        Assert.Contains("--library=DIR", report.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/mnt/..hidden")]
    [InlineData("/mnt/with spaces, \u202e and ümlauts")]
    [InlineData("/a/very/long/path/that/goes/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on")]
    public void Any_mount_point_has_a_name_of_its_own_that_is_a_plain_one(string mountPoint)
    {
        var name = LibraryPlace.NameOf(mountPoint);

        Assert.Matches("^[A-Za-z0-9_][A-Za-z0-9._-]*$", name);
        Assert.InRange(name.Length, 16, 100);
        Assert.NotEqual(name, LibraryPlace.NameOf(mountPoint + "x"));
        Assert.Equal(name, LibraryPlace.NameOf(mountPoint + "/"));
    }
}
