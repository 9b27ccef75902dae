using BtFs.Running;

namespace BtFs.Tests;

public sealed class HomeDirectoryTests
{
    [Fact]
    public void The_home_of_a_user_is_that_of_the_users_directory() => Assert.Equal("/root", HomeDirectory.Of(0));

    [Fact]
    public void A_user_that_nobody_knows_has_none() => Assert.Null(HomeDirectory.Of(4_000_000_000));
}
