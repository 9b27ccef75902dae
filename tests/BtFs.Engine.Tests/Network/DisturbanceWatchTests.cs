using BtFs.Engine.Network;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Network;

public sealed class DisturbanceWatchTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly DisturbanceWatch _watch;
    private TimeSpan _asleep;
    private bool _concernsUs = true;
    private int _told;

    public DisturbanceWatchTests() =>
        _watch = new DisturbanceWatch(_time, () => TimeSpan.FromTicks(_time.GetTimestamp()) + _asleep, () => _concernsUs, () => _told++);

    public void Dispose() => _watch.Dispose();

    [Theory]
    [InlineData(7, 0)]
    [InlineData(11, 1)]
    [InlineData(86400, 1)]
    public void A_sleep_is_told_once_and_a_nap_is_not(int seconds, int told)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        _asleep = TimeSpan.FromSeconds(seconds);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(told, _told);
    }

    [Fact]
    public void A_burst_of_changed_addresses_is_told_once_when_it_is_over()
    {
        for (var i = 0; i < 10; i++)
        {
            _watch.AddressChanged();
            _time.Advance(DisturbanceWatch.Settling / 2);
        }

        Assert.Equal(0, _told);
        _time.Advance(DisturbanceWatch.Settling);
        Assert.Equal(1, _told);
    }

    [Fact]
    public void A_change_that_does_not_concern_us_is_not_told_and_a_sleep_always_is()
    {
        _concernsUs = false;
        _watch.AddressChanged();
        _time.Advance(2 * DisturbanceWatch.Settling);
        Assert.Equal(0, _told);

        _asleep = 2 * DisturbanceWatch.LeastPause;
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, _told);
    }

    [Fact]
    public void The_clock_since_boot_is_ahead_of_none_that_sleeps()
    {
        var before = BootClock.Now;
        Assert.InRange(before, TimeSpan.FromMilliseconds(Environment.TickCount64) - TimeSpan.FromSeconds(1), TimeSpan.FromDays(3650));
        Assert.True(BootClock.Now >= before);
    }
}
