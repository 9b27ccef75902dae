using System.Net;
using System.Threading.Channels;
using BtFs.Protocol.Metainfo;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.LocalDiscovery;

/// <summary>Finds peers on the local network, one for the process. Only its task touches its <see cref="LocalDiscoveryNode"/>; everybody else posts.</summary>
/// <remarks>While no torrent wants peers there is no socket: a process with nothing but private torrents sends and hears nothing.</remarks>
internal sealed class LocalDiscoveryLoop : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly LocalDiscoveryEvent Tick = new LocalDiscoveryEvent.Tick();

    private readonly Channel<LocalDiscoveryEvent> _inbox = Channel.CreateUnbounded<LocalDiscoveryEvent>(new() { SingleReader = true });
    private readonly int _port;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly Task _running;
    private int _waitingDatagrams;
    private volatile bool _isAlive;

    /// <param name="port">The TCP port that listens for peers; 0 to hear only.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Chance that needs no secrecy.</param>
    /// <param name="log">Where to write.</param>
    internal LocalDiscoveryLoop(int port, TimeProvider time, Random random, ILogger log)
    {
        _port = port;
        _time = time;
        _random = random;
        _log = log;
        _running = RunAsync();
    }

    /// <summary>Whether there are sockets at the moment. Any thread may ask.</summary>
    internal bool IsAlive => _isAlive;

    /// <summary>A torrent wants peers, and to be found, from now on. Not to be called for a private one.</summary>
    internal void Join(LocalSearch search) => Post(new LocalDiscoveryEvent.SearchJoined(search));

    /// <summary>It does no longer.</summary>
    internal void Leave(InfoHash torrent) => Post(new LocalDiscoveryEvent.SearchLeft(torrent));

    /// <summary>Lets go of everything. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        _inbox.Writer.TryComplete();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Post(LocalDiscoveryEvent e) => _inbox.Writer.TryWrite(e);

    private async Task RunAsync()
    {
        try
        {
            while (await _inbox.Reader.WaitToReadAsync())
            {
                // Nobody wants anything yet, or any more.
                while (TryTake(out var e))
                {
                    if (e is LocalDiscoveryEvent.SearchJoined)
                    {
                        await LiveAsync(e);
                    }
                }
            }
        }
        catch (Exception bug) when (Tell(bug))
        {
            // Told, and on its way to whoever awaits the loop.
        }
    }

    /// <summary>Has sockets for as long as a torrent wants peers.</summary>
    private async Task LiveAsync(LocalDiscoveryEvent first)
    {
        using var wire = new MulticastWire(LocalNetwork.List, _log);
        using var stop = new CancellationTokenSource();
        wire.Refresh();
        var node = new LocalDiscoveryNode(wire, _port, _time, _random, _log);
        var receiving = wire.ReceiveAsync(OnDatagram, _time, stop.Token);
        await using var timer = _time.CreateTimer(_ => Post(Tick), null, Pace, Pace);
        _isAlive = true;
        try
        {
            node.Handle(first);
            var looked = _time.GetTimestamp();
            while (node.HasSearches && await _inbox.Reader.WaitToReadAsync())
            {
                while (node.HasSearches && TryTake(out var e))
                {
                    node.Handle(e);
                }

                if (_time.GetElapsedTime(looked) >= LocalDiscoveryLimits.LookEvery)
                {
                    looked = _time.GetTimestamp();
                    if (wire.Refresh())
                    {
                        node.Handle(new LocalDiscoveryEvent.NetworksChanged());
                    }
                }
            }
        }
        finally
        {
            _isAlive = false;
            await stop.CancelAsync();
            await receiving;
        }
    }

    private void OnDatagram(ReadOnlyMemory<byte> datagram, IPEndPoint from)
    {
        // A flood must not fill the memory while the loop is busy.
        if (Interlocked.Increment(ref _waitingDatagrams) > LocalDiscoveryLimits.WaitingDatagrams
            || !_inbox.Writer.TryWrite(new LocalDiscoveryEvent.DatagramReceived(datagram, from)))
        {
            Interlocked.Decrement(ref _waitingDatagrams);
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out LocalDiscoveryEvent? e)
    {
        if (!_inbox.Reader.TryRead(out e))
        {
            return false;
        }

        if (e is LocalDiscoveryEvent.DatagramReceived)
        {
            Interlocked.Decrement(ref _waitingDatagrams);
        }

        return true;
    }

    private bool Tell(Exception bug)
    {
        LocalDiscoveryLog.Failed(_log, bug);
        return false;
    }
}
