using System.Net;
using BtFs.Engine.Network;
using System.Net.Sockets;
using BtFs.Engine.Peers.Transports;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Peers;

/// <summary>The sessions of one torrent: takes connections in, runs their pumps, and ends them all. Thread-safe.</summary>
internal sealed class PeerSessions : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<PeerSession> _sessions = [];
    private readonly OwnedTasks _running = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly PeerSessionOptions _options;
    private readonly int _most;
    private readonly ConnectionShare _share;
    private FrameLimits _frames;

    /// <param name="infoHashes">By which peers know the torrent: one, or two for a hybrid; the first is the one we name.</param>
    /// <param name="options">What the sessions share.</param>
    /// <param name="post">The inbox of the torrent's loop; never waits, safe from any thread.</param>
    /// <param name="most">Sessions at once.</param>
    /// <param name="share">The torrent's part of the connections of the process; as many as it likes where nobody says.</param>
    internal PeerSessions(
        IReadOnlyList<InfoHash> infoHashes,
        PeerSessionOptions options,
        Action<TorrentEvent> post,
        int most = PeerLimits.Sessions,
        ConnectionShare? share = null)
    {
        InfoHashes = infoHashes;
        Post = post;
        _options = options;
        _frames = options.Frames;
        _most = most;
        _share = share ?? ConnectionShare.OfOne();
    }

    /// <summary>By which peers know the torrent; the first is the one we name.</summary>
    internal IReadOnlyList<InfoHash> InfoHashes { get; }

    /// <summary>The inbox of the torrent's loop.</summary>
    internal Action<TorrentEvent> Post { get; }

    /// <summary>Cancelled when the torrent closes: dials for it are given up.</summary>
    internal CancellationToken Closing => _closing.Token;

    /// <summary>Whether another peer would be taken in.</summary>
    internal bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                return !_closing.IsCancellationRequested && _sessions.Count < _most && _share.HasRoom;
            }
        }
    }

    /// <summary>How long messages of later sessions may be: set when the metadata is known.</summary>
    internal void Expect(FrameLimits frames) => Volatile.Write(ref _frames, frames);

    /// <summary>Takes over a connection whose handshake is done, and posts <see cref="TorrentEvent.PeerConnected"/>.</summary>
    /// <returns>False when there is no room or the torrent closes; it stays the caller's then.</returns>
    internal bool TryAdd(IPeerTransport transport, PeerHello hello)
    {
        lock (_lock)
        {
            if (_closing.IsCancellationRequested || _sessions.Count >= _most || !_share.TryTake())
            {
                return false;
            }

            var session = new PeerSession(transport, hello, _options with { Frames = Volatile.Read(ref _frames) }, Post);
            _sessions.Add(session);
            Post(new TorrentEvent.PeerConnected(session, hello));
            _running.Add(RunAsync(session));
            return true;
        }
    }

    /// <summary>The addresses of this machine that sessions stand upon, as far as the system says so; those that lead nowhere but here are left out.</summary>
    internal IReadOnlyList<IPAddress> Standing()
    {
        lock (_lock)
        {
            return [.. _sessions.Select(session => session.LocalAddress).OfType<IPAddress>().Select(NetworkView.Plain).Where(address => !IPAddress.IsLoopback(address))];
        }
    }

    /// <summary>What was uploaded by way of the Internet since this was last asked, and the shortest queue on the way of any of it.</summary>
    internal (long Bytes, TimeSpan? Queue) LookAtUploads()
    {
        var sent = 0L;
        TimeSpan? shortest = null;
        lock (_lock)
        {
            foreach (var session in _sessions.Where(session => session.IsPaced))
            {
                var (bytes, queue) = session.LookAtUpload();
                sent += bytes;
                shortest = queue is { } one && (shortest is null || one < shortest) ? one : shortest;
            }
        }

        return (sent, shortest);
    }

    /// <summary>Ends the sessions that stand upon addresses that are no longer ours: TCP itself would take a quarter of an hour.</summary>
    /// <param name="ours">Every address that this machine has now.</param>
    /// <returns>Whether there were any.</returns>
    internal bool CloseStranded(IReadOnlySet<IPAddress> ours)
    {
        PeerSession[] stranded;
        lock (_lock)
        {
            stranded = [.. _sessions.Where(session => session.LocalAddress is { } address && !IPAddress.IsLoopback(address) && !ours.Contains(NetworkView.Plain(address)))];
        }

        foreach (var session in stranded)
        {
            session.Close("our address is gone");
        }

        return stranded.Length > 0;
    }

    /// <summary>Ends every session, and waits until each has posted its last event. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        PeerSession[] open;
        lock (_lock)
        {
            _closing.Cancel();
            open = [.. _sessions];
        }

        foreach (var session in open)
        {
            session.Close("the torrent closes");
        }

        await _running.EndAsync();
    }

    private async Task RunAsync(PeerSession session)
    {
        try
        {
            await session.RunAsync();
        }
        finally
        {
            lock (_lock)
            {
                _sessions.Remove(session);
            }

            _share.GiveBack();
        }
    }
}
