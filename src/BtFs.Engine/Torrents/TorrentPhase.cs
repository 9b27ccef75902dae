using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Torrents;

/// <summary>What a torrent does with its peers: first it looks for its info dictionary, then it moves content.</summary>
/// <remarks>
/// <code>
/// Resolving ─TransferOpened→ Transferring
/// </code>
/// A .torrent starts in the second. Members that mean nothing in a phase do nothing there.
/// </remarks>
internal abstract class TorrentPhase
{
    /// <summary>The info dictionary's length, bytes, or null while it is not known.</summary>
    internal abstract int? MetadataBytes { get; }

    /// <summary>Whether peers may come from trackers alone (BEP 27); false as long as nobody knows.</summary>
    internal virtual bool IsPrivate => false;

    /// <summary>Whether somebody waits for something, so that peers should be found and dialed eagerly.</summary>
    internal abstract bool IsEager { get; }

    /// <summary>Whether blocks are wanted, now or ahead of a reader; not only to keep peers warm.</summary>
    internal virtual bool IsActive => false;

    /// <summary>Whether the peers at hand do not give what is waited for.</summary>
    internal abstract bool IsStarved(TimeSpan now);

    /// <summary>How long the phase can go without a tick when nothing happens.</summary>
    internal abstract TimeSpan Pace { get; }

    /// <summary>A peer was taken in: says what we have.</summary>
    internal abstract void Greet(Peer peer);

    /// <summary>A peer told what it can (BEP 10).</summary>
    internal virtual void OnExtensions(Peer peer)
    {
    }

    internal abstract void OnMetadata(Peer peer, MetadataMessage message, TimeSpan now);

    /// <summary>A peer told what it has.</summary>
    internal virtual void OnPiecesChanged(Peer peer)
    {
    }

    internal virtual void OnInterest(Peer peer, TimeSpan now)
    {
    }

    /// <returns>False when the peer should be sent away.</returns>
    internal virtual bool OnRequest(Peer peer, PeerMessage.Request request) => true;

    internal virtual void OnCancel(Peer peer, PeerMessage.Cancel cancel)
    {
    }

    internal virtual void OnReject(Peer peer, PeerMessage.RejectRequest reject)
    {
    }

    /// <summary>Everything asked of a peer is void (a choke without BEP 6).</summary>
    internal virtual void OnRequestsVoid(Peer peer)
    {
    }

    internal virtual void OnBlock(Peer peer, BlockRef block, PieceAssembly target, bool taken, TimeSpan now)
    {
    }

    internal abstract void OnGone(Peer peer);

    /// <summary>The turn's events are handled: asks, answers, and keeps time.</summary>
    internal abstract void EndTurn(TimeSpan now, bool isTick);
}
