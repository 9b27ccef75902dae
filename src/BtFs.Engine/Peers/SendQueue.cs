using BtFs.Engine.Layout;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Peers;

/// <summary>What waits to be sent to one peer: messages, which go first, and blocks, which may be held back. Thread-safe.</summary>
internal sealed class SendQueue
{
    /// <summary>Bytes after which a batch takes no further block.</summary>
    private const int BatchBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly SendBuffer _messages = new();
    private readonly Queue<(BlockRef Block, ContentSegments Bytes)> _blocks = new();
    private long _blockBytes;
    private bool _hasRequests;
    private bool _closed;

    /// <summary>Bytes of blocks added and not yet reported by <see cref="Sent"/>.</summary>
    internal long BlockBytes => Volatile.Read(ref _blockBytes);

    /// <summary>Whether a REQUEST waits.</summary>
    internal bool HasRequests => Volatile.Read(ref _hasRequests);

    /// <summary>Whether nothing waits.</summary>
    internal bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _messages.Length == 0 && _blocks.Count == 0;
            }
        }
    }

    /// <summary>Whether a block waits.</summary>
    internal bool HasBlocks
    {
        get
        {
            lock (_lock)
            {
                return _blocks.Count > 0;
            }
        }
    }

    private bool IsTooLong => _messages.Length > PeerLimits.QueuedMessageBytes;

    /// <summary>Adds a message; a closed queue swallows it, and so does one that is too long, whose peer is being sent away.</summary>
    /// <returns>False when more than <see cref="PeerLimits.QueuedMessageBytes"/> wait now.</returns>
    internal bool TryAdd(PeerMessage message)
    {
        lock (_lock)
        {
            if (!_closed && !IsTooLong)
            {
                PeerMessageWriter.Write(_messages, message);
            }

            return !IsTooLong;
        }
    }

    /// <summary>Adds a REQUEST without allocating; otherwise as <see cref="TryAdd"/>.</summary>
    internal bool TryAddRequest(BlockRef block)
    {
        lock (_lock)
        {
            if (!_closed && !IsTooLong)
            {
                PeerMessageWriter.WriteRequest(_messages, block.Piece.Value, block.Offset, block.Length);
                _hasRequests = true;
            }

            return !IsTooLong;
        }
    }

    /// <summary>Adds a PIECE, and takes over its bytes; a closed queue lets go of them at once.</summary>
    internal void AddBlock(BlockRef block, ContentSegments bytes)
    {
        lock (_lock)
        {
            if (!_closed)
            {
                _blocks.Enqueue((block, bytes));
                _blockBytes += bytes.Length;
                return;
            }
        }

        bytes.Dispose();
    }

    /// <summary>Moves what to send next into <paramref name="batch"/>: all messages, then blocks.</summary>
    /// <param name="batch">Empty.</param>
    /// <param name="maxBlocks">How many blocks at most.</param>
    /// <returns>Bytes of blocks in the batch, without their headers.</returns>
    /// <remarks>
    /// A block is copied, and its holds end here: a socket takes no list of unmanaged runs, and a send for each run would leave
    /// the header in a packet of its own. One microsecond for 16 KiB.
    /// </remarks>
    internal int Take(SendBuffer batch, int maxBlocks)
    {
        var blockBytes = 0;
        lock (_lock)
        {
            if (_messages.Length > 0)
            {
                _messages.Written.Span.CopyTo(batch.GetSpan(_messages.Length));
                batch.Advance(_messages.Length);
                _messages.Clear();
                _hasRequests = false;
            }

            for (; maxBlocks > 0 && batch.Length < BatchBytes && _blocks.TryDequeue(out var next); maxBlocks--)
            {
                using var bytes = next.Bytes;
                PeerMessageWriter.WritePieceHeader(batch, next.Block.Piece.Value, next.Block.Offset, bytes.Length);
                bytes.CopyTo(batch.GetSpan(bytes.Length));
                batch.Advance(bytes.Length);
                blockBytes += bytes.Length;
            }
        }

        return blockBytes;
    }

    /// <summary>Notes that the system has taken bytes of blocks.</summary>
    /// <returns>Whether <see cref="BlockBytes"/> has fallen to <see cref="PeerLimits.DrainedBlockBytes"/> by that.</returns>
    internal bool Sent(int blockBytes)
    {
        lock (_lock)
        {
            var before = _blockBytes;
            _blockBytes -= _closed ? 0 : blockBytes;
            return before > PeerLimits.DrainedBlockBytes && _blockBytes <= PeerLimits.DrainedBlockBytes;
        }
    }

    /// <summary>Throws away the blocks that wait.</summary>
    internal void DropBlocks()
    {
        lock (_lock)
        {
            while (_blocks.TryDequeue(out var next))
            {
                _blockBytes -= next.Bytes.Length;
                next.Bytes.Dispose();
            }
        }
    }

    /// <summary>Throws away what waits, and whatever comes.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            DropBlocks();
            _closed = true;
            _blockBytes = 0;
            _messages.Clear();
        }
    }
}
