using System.Net;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Picking;
using BtFs.Engine.Reports;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Torrents;

/// <summary>Something that happened to a torrent. Everything that changes its state comes in as one of these.</summary>
internal abstract record TorrentEvent
{
    /// <summary>A handshake is done; <paramref name="Peer"/> is the key for all that follows.</summary>
    internal sealed record PeerConnected(IPeerWire Peer, PeerHello Hello) : TorrentEvent;

    /// <summary>A web seed has pieces from <paramref name="First"/> to <paramref name="Last"/> again, or for now has them no longer.</summary>
    internal sealed record PiecesOffered(IPeerWire Peer, PieceIndex First, PieceIndex Last, bool AreThere) : TorrentEvent;

    /// <summary>A dial did not end in a handshake.</summary>
    internal sealed record DialFailed(IPEndPoint Address, string Reason) : TorrentEvent;

    internal sealed record PeerGone(IPeerWire Peer, string Reason) : TorrentEvent;

    /// <summary>Any message but a block.</summary>
    internal sealed record MessageReceived(IPeerWire Peer, PeerMessage Message) : TorrentEvent;

    /// <summary>Blocks that were asked for have come: all that one receive has brought, in order.</summary>
    /// <remarks>The one event that is used again. Whoever takes it from the inbox calls <see cref="Done"/> and keeps nothing of it.</remarks>
    internal sealed record BlocksReceived(IPeerWire Peer, BlockBatches? Home) : TorrentEvent
    {
        /// <param name="peer">The sender.</param>
        /// <param name="only">A single block; the event is not used again.</param>
        internal BlocksReceived(IPeerWire peer, ReceivedBlock only)
            : this(peer, Home: null) => Blocks.Add(only);

        internal List<ReceivedBlock> Blocks { get; } = [];

        internal void Done() => Home?.Return(this);
    }

    /// <summary>A block that nobody asked for has come, and was thrown away.</summary>
    internal sealed record StrayBlockReceived(IPeerWire Peer, int Length) : TorrentEvent;

    /// <summary>Addresses from a tracker, a magnet or the command line.</summary>
    internal sealed record PeersFound(IReadOnlyList<IPEndPoint> Addresses) : TorrentEvent
    {
        /// <summary>Whether a tracker has named them.</summary>
        internal bool AreFromTracker { get; init; }
    }

    /// <summary>The cache knows peers of last time.</summary>
    internal sealed record PeersRemembered(IReadOnlyList<RememberedPeer> Peers, bool AreFromTracker) : TorrentEvent;

    /// <summary>Another process on this machine has the torrent's own cache folder, and shares what is in it there.</summary>
    internal sealed record NeighbourFound(IPEndPoint Address) : TorrentEvent;

    internal sealed record PieceVerified(PieceAssembly Assembly, VerifiedRange? Proof) : TorrentEvent;

    /// <summary>A block that a peer asked for was read from disk; null when it is not there any more.</summary>
    internal sealed record BlockLoaded(IPeerWire Peer, PeerMessage.Request Request, ContentSegments? Bytes) : TorrentEvent;

    /// <summary>A wire that was full of blocks has room again.</summary>
    internal sealed record PeerDrained(IPeerWire Peer) : TorrentEvent;

    /// <summary>A read waits for pieces.</summary>
    internal sealed record ReadWaits(Wish Wish) : TorrentEvent;

    /// <summary>A waiting read was interrupted.</summary>
    internal sealed record ReadLeft(Wish Wish) : TorrentEvent;

    /// <summary>An open handle's windows, all of them; none when it was closed.</summary>
    internal sealed record WindowsMoved(object Reader, IReadOnlyList<ReadWindow> Windows) : TorrentEvent;

    /// <summary>A handle was read from for the first time.</summary>
    internal sealed record FileRead(FileIndex File) : TorrentEvent;

    /// <summary>The info dictionary is known and its store is open: content can move.</summary>
    internal sealed record TransferOpened(TransferParts Parts) : TorrentEvent;

    /// <summary>Strangers reach us at other ports than peers were told.</summary>
    internal sealed record PortsChanged : TorrentEvent;

    /// <summary>Every waiting read is to fail now, and every later one that would have to wait.</summary>
    internal sealed record ReadsEnded : TorrentEvent;

    /// <summary>The machine slept, or its addresses changed: connections may be dead though nobody says so.</summary>
    internal sealed record Disturbed : TorrentEvent;

    /// <summary>Somebody wants to know how it stands.</summary>
    internal sealed record ReportAsked : TorrentEvent
    {
        /// <summary>The loop's answer; fails when the torrent closes first.</summary>
        internal TaskCompletionSource<SwarmReport> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Time has passed.</summary>
    internal sealed record Tick : TorrentEvent;

    /// <summary>The store has come upon a piece by itself.</summary>
    internal sealed record PieceFound(PieceIndex Piece) : TorrentEvent;

    /// <summary>The store no longer has a piece.</summary>
    internal sealed record PieceLost(PieceIndex Piece) : TorrentEvent;
}
