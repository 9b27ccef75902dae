namespace BtFs.Engine.Peers;

/// <summary>Everybody connected, and to whom of them something happened in this turn of the loop.</summary>
internal sealed record ConnectedPeers(IReadOnlyList<Peer> All, PeerTurn Turn);
