using System.Net;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Torrents;

/// <summary>Something that happened to a torrent. Everything that changes its state comes in as one of these.</summary>
internal abstract record TorrentEvent
{
    /// <summary>A handshake is done; <paramref name="Peer"/> is the key for all that follows.</summary>
    internal sealed record PeerConnected(IPeerWire Peer, PeerHello Hello) : TorrentEvent;

    /// <summary>A dial did not end in a handshake.</summary>
    internal sealed record DialFailed(IPEndPoint Address, string Reason) : TorrentEvent;

    internal sealed record PeerGone(IPeerWire Peer, string Reason) : TorrentEvent;

    /// <summary>Any message but a block.</summary>
    internal sealed record MessageReceived(IPeerWire Peer, PeerMessage Message) : TorrentEvent;

    /// <summary>A block that was asked for has come; <paramref name="Taken"/> says whether its bytes were new.</summary>
    internal sealed record BlockReceived(IPeerWire Peer, BlockRef Block, PieceAssembly Target, bool Taken) : TorrentEvent;

    /// <summary>A block that nobody asked for has come, and was thrown away.</summary>
    internal sealed record StrayBlockReceived(IPeerWire Peer, int Length) : TorrentEvent;

    /// <summary>Addresses from a tracker, a magnet or the command line.</summary>
    internal sealed record PeersFound(IReadOnlyList<IPEndPoint> Addresses) : TorrentEvent;

    internal sealed record PieceVerified(PieceAssembly Assembly, VerifiedRange? Proof) : TorrentEvent;

    /// <summary>The store no longer has a piece.</summary>
    internal sealed record PieceLost(PieceIndex Piece) : TorrentEvent;
}
