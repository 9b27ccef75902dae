namespace BtFs.Engine.Discovery;

/// <summary>How many trackers of one torrent are asked at once, and how many of one host.</summary>
/// <remarks>Most trackers of a long list are dead, so who does not answer soon holds up nobody: its place is free again after a second.</remarks>
internal sealed class AnnouncePlaces
{
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _all = new(TrackerLimits.MaxConcurrent);
    private readonly Dictionary<string, SemaphoreSlim> _hosts = [];

    /// <param name="trackers">All trackers that may ask for a place.</param>
    /// <param name="time">The clock.</param>
    public AnnouncePlaces(IEnumerable<ITracker> trackers, TimeProvider time)
    {
        _time = time;
        foreach (var host in trackers.Select(tracker => tracker.Host).Distinct())
        {
            _hosts.Add(host, new SemaphoreSlim(TrackerLimits.MaxConcurrentOfHost));
        }
    }

    /// <summary>Waits for a place, which is given back when the result is disposed of, or after <see cref="TrackerLimits.PlaceLife"/>.</summary>
    public async Task<IDisposable> TakeAsync(ITracker tracker, CancellationToken cancel)
    {
        // The host's first: who waits for its host must not take the place of another's.
        var host = _hosts[tracker.Host];
        await host.WaitAsync(cancel);
        try
        {
            await _all.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            host.Release();
            throw;
        }

        return new Place(host, _all, _time);
    }

    private sealed class Place : IDisposable
    {
        private readonly SemaphoreSlim _host;
        private readonly SemaphoreSlim _all;
        private readonly ITimer _timer;
        private int _isGivenBack;

        internal Place(SemaphoreSlim host, SemaphoreSlim all, TimeProvider time)
        {
            _host = host;
            _all = all;
            _timer = time.CreateTimer(static place => ((Place)place!).GiveBack(), this, TrackerLimits.PlaceLife, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            _timer.Dispose();
            GiveBack();
        }

        private void GiveBack()
        {
            if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
            {
                _all.Release();
                _host.Release();
            }
        }
    }
}
