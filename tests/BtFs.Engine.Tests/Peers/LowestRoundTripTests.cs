using BtFs.Engine.Peers;

namespace BtFs.Engine.Tests.Peers;

public class LowestRoundTripTests
{
    private readonly LowestRoundTrip _lowest = new();

    [Fact]
    public void What_we_queue_on_the_path_does_not_look_like_distance()
    {
        Assert.Null(_lowest.Value);
        Add(second: 0, milliseconds: 50);
        for (var second = 1; second < 20; second++)
        {
            Add(second, milliseconds: 400);
        }

        Assert.Equal(50, _lowest.Value!.Value.TotalMilliseconds);
    }

    [Fact]
    public void A_path_that_has_become_longer_is_believed_after_a_minute()
    {
        Add(second: 0, milliseconds: 50);
        for (var second = 1; second <= 60; second++)
        {
            Add(second, milliseconds: 200);
        }

        Assert.Equal(200, _lowest.Value!.Value.TotalMilliseconds);
    }

    private void Add(int second, int milliseconds) => _lowest.Add(TimeSpan.FromMilliseconds(milliseconds), TimeSpan.FromSeconds(second));
}
