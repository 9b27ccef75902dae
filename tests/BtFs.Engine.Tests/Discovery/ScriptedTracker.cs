using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Trackers;

namespace BtFs.Engine.Tests.Discovery;

/// <summary>A tracker that answers at once with what it is told to, and remembers what it was asked.</summary>
internal sealed class ScriptedTracker(string name, string? host = null) : ITracker
{
    private readonly List<AnnounceRequest> _requests = [];

    public string Name { get; } = name;

    public string Host { get; } = host ?? name;

    /// <summary>What it answers. By default one peer and an interval of half an hour.</summary>
    public Func<CancellationToken, ValueTask<AnnounceReply>> Answer { get; set; } = _ => ValueTask.FromResult(Reply(1800, 60));

    public IReadOnlyList<AnnounceRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public IEnumerable<AnnounceEvent> Events => Requests.Select(request => request.Event);

    public static AnnounceReply Reply(int interval, int minInterval) => new()
    {
        Peers = [new IPEndPoint(IPAddress.Parse("192.0.2.1"), 6881)],
        Interval = TimeSpan.FromSeconds(interval),
        MinInterval = TimeSpan.FromSeconds(minInterval),
    };

    public void Fail() => Answer = _ => throw new TrackerException("It is broken.");

    public void Hang() => Answer = async cancel =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        return Reply(1800, 60);
    };

    public ValueTask<AnnounceReply> AnnounceAsync(AnnounceRequest request, CancellationToken cancel)
    {
        lock (_requests)
        {
            _requests.Add(request);
        }

        return Answer(cancel);
    }

    public ValueTask<ScrapeCounts> ScrapeAsync(InfoHash torrent, CancellationToken cancel) => throw new TrackerException("It tells nobody.");
}
