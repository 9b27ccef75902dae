using BtFs.Engine.Peers;

namespace BtFs.Engine.Network;

/// <summary>Looks at the uploads of the whole process, and sets the rate that <see cref="UplinkGuard"/> finds. Where the user set one it is not made.</summary>
internal sealed class UplinkWatch : IDisposable
{
    private readonly UplinkGuard _guard = new();
    private readonly Lock _lock = new();
    private readonly RateLimiter _uplink;
    private readonly Func<IEnumerable<PeerSessions>> _sessions;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly long _start;

    /// <param name="uplink">What paces the uploads.</param>
    /// <param name="sessions">Those of every torrent; asked on any thread.</param>
    /// <param name="time">The clock.</param>
    internal UplinkWatch(RateLimiter uplink, Func<IEnumerable<PeerSessions>> sessions, TimeProvider time)
    {
        _uplink = uplink;
        _sessions = sessions;
        _time = time;
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Look(), null, UplinkGuard.LookEvery, UplinkGuard.LookEvery);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_lock)
        {
            var sent = 0L;
            TimeSpan? queue = null;
            foreach (var sessions in _sessions())
            {
                var (bytes, shortest) = sessions.LookAtUploads();
                sent += bytes;
                queue = shortest is { } one && (queue is null || one < queue) ? one : queue;
            }

            _guard.Look(_time.GetElapsedTime(_start), sent, queue);
            _uplink.SetRate((long)(_guard.Limit ?? 0));
        }
    }
}
