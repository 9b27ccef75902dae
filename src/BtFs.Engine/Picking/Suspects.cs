using BtFs.Engine.Layout;
using BtFs.Engine.Peers;

namespace BtFs.Engine.Picking;

/// <summary>When peers that had a part in a failed piece, or are silent, are given something all the same. Owned by the loop.</summary>
internal sealed class Suspects(ConnectedPeers peers)
{
    /// <summary>Suspects and silent peers are given something only where nobody better has the piece.</summary>
    internal bool MaySend(Peer peer, PartialPiece partial, TimeSpan now)
    {
        if (partial.OnlyFrom is { } only && only != peer)
        {
            return false;
        }

        var isSilent = peer.Speed.IsSilent(now);
        if (!peer.IsSuspect && !isSilent)
        {
            return true;
        }

        foreach (var other in peers.All)
        {
            if (other != peer && other.CanAsk(partial.Piece) && (!other.IsSuspect || peer.IsSuspect) && !other.Speed.IsSilent(now))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a piece that one suspect was to send alone should start over with somebody else.</summary>
    internal bool HasBetter(PartialPiece partial, Peer only, TimeSpan now)
    {
        var isStuck = !only.CanAsk(partial.Piece) || only.Speed.IsSilent(now);
        var left = only.Speed.Eta(partial.Missing * TorrentLayout.BlockLength, now);
        foreach (var peer in peers.All)
        {
            if (peer == only || peer.RoomUrgent(isOnly: true) <= 0 || peer.Speed.IsSilent(now) || !peer.CanAsk(partial.Piece))
            {
                continue;
            }

            if (isStuck || !peer.IsSuspect || left > (4 * peer.Speed.Eta(peer.Requests.Bytes + partial.Assembly.Length, now)) + 1)
            {
                return true;
            }
        }

        return false;
    }
}
