using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Peers;

/// <summary>One connected peer, as the loop sees it: a place to put messages. Never waits; a dead wire swallows what it is given.</summary>
internal interface IPeerWire
{
    /// <summary>Queues a message. Sent at <see cref="Flush"/>, ahead of blocks that wait.</summary>
    /// <remarks>
    /// A CHOKE of a peer without BEP 6 drops the blocks that wait for it. A peer that leaves more than
    /// <see cref="PeerLimits.QueuedMessageBytes"/> of messages unread is closed.
    /// </remarks>
    void Send(PeerMessage message);

    /// <summary>Queues a REQUEST and remembers where its answer goes: the block is written straight into <paramref name="target"/>.</summary>
    /// <remarks>The memory of the request outlives a CANCEL and a choke, since the block may be on its way already; it ends with the answer.</remarks>
    void Request(BlockRef block, PieceAssembly target);

    /// <summary>The same, told whether a reader waits for the block: a wire that chooses the order of answers itself brings those first.</summary>
    void Request(BlockRef block, PieceAssembly target, bool isUrgent) => Request(block, target);

    /// <summary>Queues a CANCEL. The answer, block or REJECT, is still expected.</summary>
    void Cancel(BlockRef block);

    /// <summary>Queues a PIECE, and takes over <paramref name="bytes"/>: disposes it when it is sent, or will never be.</summary>
    void SendBlock(BlockRef block, ContentSegments bytes);

    /// <summary>Bytes of blocks queued and not yet handed to the system: the measure for upload back-pressure.</summary>
    /// <remarks>Falling to <see cref="PeerLimits.DrainedBlockBytes"/> posts <see cref="Torrents.TorrentEvent.PeerDrained"/>.</remarks>
    long BytesQueued { get; }

    /// <summary>Round-trip time as the system measures it (TCP_INFO), or null where it does not.</summary>
    TimeSpan? RoundTrip { get; }

    /// <summary>Writes what is queued, in one go. The loop calls it once a turn.</summary>
    void Flush();

    /// <summary>Ends the connection; idempotent. The loop hears <see cref="Torrents.TorrentEvent.PeerGone"/> afterwards.</summary>
    /// <param name="reason">For the log, one phrase.</param>
    void Close(string reason);
}
