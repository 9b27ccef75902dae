using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Peers;

/// <summary>The events by which one session tells of received blocks, used again and again: blocks come too often for an object each.</summary>
/// <remarks>The session takes, the loop gives back; as many exist as were ever on their way to the loop at once.</remarks>
/// <param name="peer">The sender.</param>
/// <param name="post">The inbox of the torrent's loop.</param>
internal sealed class BlockBatches(IPeerWire peer, Action<TorrentEvent> post)
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

    /// <summary>Hashes what the blocks allow, so that the last one leaves nothing to hash, and hands them to the loop. Off the loop.</summary>
    internal void Tell(TorrentEvent.BlocksReceived batch)
    {
        PieceAssembly? before = null;
        foreach (var (_, target, isTaken) in batch.Blocks)
        {
            if (isTaken && target != before)
            {
                target.HashAhead();
                before = target;
            }
        }

        if (batch.Blocks.Count > 0)
        {
            post(batch);
        }
        else
        {
            batch.Done();
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
