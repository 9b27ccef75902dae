using BtFs.Engine.Layout;
using BtFs.Engine.WebSeeds;

namespace BtFs.Engine.Tests.WebSeeds;

public class WebSeedRestsTests
{
    private static readonly FileIndex File = new(3);

    private readonly WebSeedRests _rests = new();

    [Fact]
    public void Each_failure_in_a_row_is_followed_by_a_rest_twice_as_long_up_to_an_hour()
    {
        Assert.Equal([30, 60, 120, 240], Enumerable.Range(0, 4).Select(_ => Fail(null)));
        Assert.Equal(3600, Enumerable.Range(0, 30).Select(_ => Fail(null)).ToList()[^1]);
        _rests.Worked(File);
        Assert.Equal(30, Fail(null));
    }

    [Theory]
    [InlineData(-5, 1)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(7, 7)]
    [InlineData(3600, 3600)]
    [InlineData(3601, 3600)]
    [InlineData(int.MaxValue, 3600)]
    public void A_server_may_ask_for_a_rest_of_a_second_to_an_hour(int asked, int given) => Assert.Equal(given, Fail(asked));

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void After_three_failures_in_a_row_a_server_is_not_counted_on(int failures, bool isDoubtful)
    {
        for (var i = 0; i < failures; i++)
        {
            Fail(null);
        }

        Assert.Equal(isDoubtful, _rests.IsDoubtful);
    }

    [Fact]
    public void A_rest_ends_in_its_time_and_not_before()
    {
        Fail(null);
        Assert.Equal(TimeSpan.FromSeconds(30), _rests.Next);
        Assert.False(_rests.End(TimeSpan.FromSeconds(29), []));
        Assert.True(_rests.ServerRests);
        Assert.True(_rests.End(TimeSpan.FromSeconds(30), []));
        Assert.False(_rests.ServerRests);
        Assert.Null(_rests.Next);
    }

    [Fact]
    public void Files_rest_by_themselves_and_longer_each_time_until_one_works()
    {
        _rests.FailFile(File, TimeSpan.Zero, retryAfter: null, isForGood: false);
        Assert.True(_rests.IsResting(File));
        Assert.False(_rests.IsResting(new FileIndex(4)));
        var over = new List<FileIndex>();
        Assert.False(_rests.End(TimeSpan.FromSeconds(30), over));
        Assert.Equal([File], over);
        Assert.False(_rests.AnyFileRests);

        Assert.Equal(TimeSpan.FromSeconds(60), _rests.FailFile(File, TimeSpan.Zero, retryAfter: null, isForGood: false));
        _rests.End(TimeSpan.FromSeconds(60), []);
        _rests.Worked(File);
        Assert.Equal(TimeSpan.FromSeconds(30), _rests.FailFile(File, TimeSpan.Zero, retryAfter: null, isForGood: false));
    }

    [Fact]
    public void A_file_that_rests_for_good_never_comes_back()
    {
        Assert.Null(_rests.FailFile(File, TimeSpan.Zero, retryAfter: null, isForGood: true));
        Assert.Null(_rests.Next);
        _rests.End(TimeSpan.FromDays(1000), []);
        Assert.True(_rests.IsResting(File));
    }

    private double Fail(int? retryAfter) =>
        _rests.FailServer(TimeSpan.Zero, retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null).TotalSeconds;
}
