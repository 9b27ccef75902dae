using System.Net.NetworkInformation;

namespace BtFs.Engine.Network;

/// <summary>Notices that the machine or this process has stood still, or that the machine's addresses have changed: connections may be dead and nobody says so.</summary>
internal sealed class DisturbanceWatch : IDisposable
{
    /// <summary>A pause that is told. Shorter ones nobody's patience is too short for.</summary>
    internal static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(10);

    /// <summary>Changes of addresses come in bursts, and an address is of no use before its route.</summary>
    internal static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly Func<TimeSpan> _sinceBoot;
    private readonly Func<bool> _concernsUs;
    private readonly Action _disturbed;
    private readonly ITimer _clock;
    private readonly ITimer _settled;
    private readonly Lock _lock = new();
    private TimeSpan _last;

    /// <param name="time">Says when to look.</param>
    /// <param name="sinceBoot">The time since the machine was started, in which it counts while it sleeps (<see cref="BootClock"/>).</param>
    /// <param name="concernsUs">Whether what has changed about the machine's addresses since it was last asked concerns our connections.</param>
    /// <param name="disturbed">Called on any thread, never twice at a time; must only post.</param>
    internal DisturbanceWatch(TimeProvider time, Func<TimeSpan> sinceBoot, Func<bool> concernsUs, Action disturbed)
    {
        _sinceBoot = sinceBoot;
        _concernsUs = concernsUs;
        _disturbed = disturbed;
        _last = sinceBoot();
        _settled = time.CreateTimer(_ => HasSettled(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _clock = time.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
        NetworkChange.NetworkAddressChanged += OnAddressChanged;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NetworkChange.NetworkAddressChanged -= OnAddressChanged;
        _clock.Dispose();
        _settled.Dispose();
    }

    /// <summary>The machine's addresses have changed.</summary>
    internal void AddressChanged() => _settled.Change(Settling, Timeout.InfiniteTimeSpan);

    private void OnAddressChanged(object? sender, EventArgs e) => AddressChanged();

    private void Look()
    {
        bool hasPaused;
        lock (_lock)
        {
            var now = _sinceBoot();
            hasPaused = now - _last > LeastPause;
            _last = now;
        }

        if (hasPaused)
        {
            Tell();
        }
    }

    private void HasSettled()
    {
        lock (_lock)
        {
            if (_concernsUs())
            {
                _disturbed();
            }
        }
    }

    private void Tell()
    {
        lock (_lock)
        {
            _disturbed();
        }
    }
}
