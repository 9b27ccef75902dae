using BtFs.Engine.Torrents;

namespace BtFs.Engine.Peers;

/// <summary>The events by which one session tells of received blocks, used again and again: blocks come too often for an object each.</summary>
/// <remarks>The session takes, the loop gives back; as many exist as were ever on their way to the loop at once.</remarks>
internal sealed class BlockBatches(IPeerWire peer)
{
    private readonly Lock _lock = new();
    private readonly Stack<TorrentEvent.BlocksReceived> _idle = new();

    /// <summary>An event without blocks.</summary>
    internal TorrentEvent.BlocksReceived Take()
    {
        lock (_lock)
        {
            return _idle.TryPop(out var batch) ? batch : new TorrentEvent.BlocksReceived(peer, this);
        }
    }

    /// <summary>Ends the use of an event: whoever calls this no longer looks at it.</summary>
    internal void Return(TorrentEvent.BlocksReceived batch)
    {
        batch.Blocks.Clear();
        lock (_lock)
        {
            _idle.Push(batch);
        }
    }
}
