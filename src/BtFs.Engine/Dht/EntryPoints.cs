using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Discovery;
using BtFs.Engine.Peers;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Dht;

/// <summary>Looks up the hosts to begin with, again and again while too few nodes are known: the line may have been down.</summary>
internal sealed class EntryPoints(HostLookup lookup, Action<IReadOnlyList<IPEndPoint>> found)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LastPause = TimeSpan.FromMinutes(5);

    private readonly OwnedTasks _running = new();
    private readonly CancellationTokenSource _stop = new();
    private TimeSpan _next;
    private TimeSpan _pause = FirstPause;

    /// <summary>Nodes of last time are tried first: hosts are not asked before they had the time to answer.</summary>
    internal void WaitUntil(TimeSpan moment) => _next = moment;

    /// <summary>Looks the hosts up, if it is time.</summary>
    internal void Ask(IReadOnlyList<PeerHint> hosts, TimeSpan now)
    {
        if (now >= _next)
        {
            _next = now + _pause;
            _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LastPause.Ticks));
            Find(hosts);
        }
    }

    /// <summary>Looks hosts up now.</summary>
    internal void Find(IReadOnlyList<PeerHint> hosts)
    {
        foreach (var host in hosts)
        {
            _running.Add(FindAsync(host));
        }
    }

    /// <summary>Gives up what is under way.</summary>
    internal async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _running.EndAsync();
        _stop.Dispose();
    }

    private async Task FindAsync(PeerHint host)
    {
        try
        {
            var addresses = await lookup.FindAsync(host.Host, _stop.Token);
            found([.. addresses.Select(address => new IPEndPoint(address, host.Port))]);
        }
        catch (SocketException)
        {
            // Unknown, or no line: the others may do, and there is a next time.
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }
}
