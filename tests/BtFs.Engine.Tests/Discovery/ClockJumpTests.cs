using BtFs.Engine.Discovery;
using BtFs.Engine.Dht;
using BtFs.Engine.Tests.Dht;
using BtFs.Protocol.Dht;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Discovery;

/// <summary>Nobody sets the clock of the engine: it counts on time that only passes, and much of it may pass at once.</summary>
public sealed class ClockJumpTests
{
    private static readonly TimeSpan TenYears = TimeSpan.FromDays(3653);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(3653)]
    [InlineData(-3653)]
    public async Task When_the_wall_clock_jumps_no_announce_comes_sooner_or_later(int days)
    {
        var clock = new JumpingClock();
        var tracker = new ScriptedTracker("on time");
        using var stop = new CancellationTokenSource();
        var announcer = AnnouncerRig.Announcing(clock, tracker);
        var running = Task.CompletedTask;

        // In step, so that it waits for its next time already.
        InStep(() => running = announcer.RunAsync(stop.Token));
        Assert.Single(tracker.Requests);

        InStep(() =>
        {
            clock.Hand.Advance(TimeSpan.FromSeconds(900));
            clock.Jump = TimeSpan.FromDays(days);
            clock.Hand.Advance(TimeSpan.FromSeconds(899));
        });
        Assert.Single(tracker.Requests);
        InStep(() => clock.Hand.Advance(TimeSpan.FromSeconds(2)));
        WaitFor(() => tracker.Requests.Count == 2);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task After_ten_years_in_one_moment_a_tracker_is_asked_once_and_goes_on_at_its_interval()
    {
        var clock = new JumpingClock();
        var tracker = new ScriptedTracker("patient");
        using var stop = new CancellationTokenSource();
        var announcer = AnnouncerRig.Announcing(clock, tracker);
        var running = Task.CompletedTask;

        // In step, so that it waits for its next time already.
        InStep(() => running = announcer.RunAsync(stop.Token));
        Assert.Single(tracker.Requests);

        InStep(() =>
        {
            // The machine slept: its clock is ahead before any timer has run.
            clock.Slept = TenYears;
            clock.Hand.Advance(TimeSpan.FromSeconds(1800));
        });
        WaitFor(() => tracker.Requests.Count == 2);
        InStep(() => clock.Hand.Advance(TimeSpan.FromSeconds(1799)));
        Assert.Equal(2, tracker.Requests.Count);
        InStep(() => clock.Hand.Advance(TimeSpan.FromSeconds(2)));
        WaitFor(() => tracker.Requests.Count == 3);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void After_ten_years_in_one_moment_a_node_of_the_DHT_sends_no_more_than_its_rate_and_answers_as_ever()
    {
        var bench = new DhtBench();
        bench.Know(100);
        bench.Take();

        bench.Time.Advance(TenYears);
        bench.Node.Handle(new DhtEvent.Tick());

        Assert.InRange(bench.Take().Sum(sent => sent.Bytes), 0, DhtLimits.SendRate);
        bench.Run(TimeSpan.FromSeconds(2));
        Assert.NotNull(bench.Ask(new DhtQuery.Ping(), System.Net.IPEndPoint.Parse("203.0.113.7:6881")));
    }

    [Fact]
    public void A_limiter_that_was_not_asked_for_ten_years_has_saved_up_one_burst()
    {
        var time = new ManualTimeProvider();
        var limiter = new BtFs.Engine.Peers.RateLimiter(1000, time, burst: 500);
        time.Advance(TenYears);

        Assert.Equal(TimeSpan.Zero, limiter.Spend(500));
        Assert.InRange(limiter.Spend(1000), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(1.1));
    }

    private static void InStep(Action action) => Task.Run(action).Wait();

    private static void WaitFor(Func<bool> isSo) => Assert.True(SpinWait.SpinUntil(isSo, TimeSpan.FromSeconds(20)));

    /// <summary>A clock whose hands somebody moves, and a machine that may sleep: timers know of neither.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        internal ManualTimeProvider Hand { get; } = new();

        /// <summary>How wrong the date is.</summary>
        internal TimeSpan Jump { get; set; }

        /// <summary>Time that has passed without any timer.</summary>
        internal TimeSpan Slept { get; set; }

        public override long TimestampFrequency => Hand.TimestampFrequency;

        public override long GetTimestamp() => Hand.GetTimestamp() + Slept.Ticks;

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + Jump;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => Hand.CreateTimer(callback, state, dueTime, period);
    }
}
