using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using BtFs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Discovery;

/// <summary>An announcer on a clock of its own. It runs on the thread that lets time pass, and so in step.</summary>
internal sealed class AnnouncerRig
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public AnnouncerRig(params ITracker[][] tiers)
        : this(TimeSpan.Zero, tiers)
    {
    }

    /// <param name="firstAfter">How long the first announce may wait.</param>
    /// <param name="tiers">Whom it announces to.</param>
    public AnnouncerRig(TimeSpan firstAfter, params ITracker[][] tiers)
    {
        Announcer = new TrackerAnnouncer(
            OptionsFor(tiers) with
            {
                Port = () => Port,
                IsPrivate = () => IsPrivate,
                FirstAfter = firstAfter,
                Totals = () => Totals,
                ToldAddress = (tracker, address) => Told.Add((tracker, address)),
                Found = peers => Found.AddRange(peers),
            },
            Clock,
            new Random(1),
            NullLogger.Instance);
    }

    public ManualTimeProvider Clock { get; } = new();

    public TrackerAnnouncer Announcer { get; }

    public bool IsPrivate { get; init; }

    public int Port { get; set; } = 6881;

    public List<(string Tracker, IPAddress Address)> Told { get; } = [];

    public AnnounceTotals Totals { get; init; }

    public List<IPEndPoint> Found { get; } = [];

    public bool IsRunning => !_running.IsCompleted;

    /// <summary>An announcer on somebody else's clock.</summary>
    public static TrackerAnnouncer Announcing(TimeProvider clock, ITracker tracker) => new(OptionsFor([[tracker]]), clock, new Random(1), NullLogger.Instance);

    public AnnouncerRig Start()
    {
        InStep(() => _running = Announcer.RunAsync(_stop.Token));
        return this;
    }

    public void Pass(double seconds) => InStep(() => Clock.Advance(TimeSpan.FromSeconds(seconds)));

    /// <summary>Lets time pass in steps of half a second until something happens, an hour at most.</summary>
    /// <returns>Seconds passed.</returns>
    public double PassUntil(Func<bool> happened)
    {
        var seconds = 0.0;
        InStep(() =>
        {
            while (!happened() && seconds < 3600)
            {
                Clock.Advance(TimeSpan.FromSeconds(0.5));
                seconds += 0.5;
            }
        });
        return seconds;
    }

    public void BeginStop() => InStep(_stop.Cancel);

    public async Task StopAsync()
    {
        BeginStop();
        await _running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>The announcer took note of a call, and now waits for a moment within <paramref name="seconds"/>.</summary>
    public Task UntilWaitingAsync(double seconds) => Clock.UntilWaitedForAsync(TimeSpan.FromSeconds(seconds)).WaitAsync(TimeSpan.FromSeconds(20));

    private static TrackerAnnouncerOptions OptionsFor(ITracker[][] tiers) => new()
    {
        InfoHash = new InfoHash("aaaaaaaaaaaaaaaaaaaa"u8),
        PeerId = new PeerId("bbbbbbbbbbbbbbbbbbbb"u8),
        Port = () => 6881,
        Tiers = tiers,
        Totals = () => default,
        Found = _ => { },
    };

    // A thread of the pool has neither a context nor a scheduler of the test runner's, to which continuations would be sent instead of being run.
    private static void InStep(Action action) => Task.Run(action).Wait();
}
