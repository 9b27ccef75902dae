using BtFs.Engine.Layout;
using BtFs.Engine.Picking;

namespace BtFs.Engine.Torrents;

/// <summary>How long is waited: for a peer that owes something, and for somebody who has what a reader wants. Owned by the loop.</summary>
internal sealed class Patience(TransferParts parts, Swarm swarm, DemandBook demand, LoopContext context)
{
    /// <summary>A peer that owes blocks and sends nothing for so long is let go.</summary>
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(30);

    /// <summary>Time has passed.</summary>
    internal void Tick(TimeSpan now)
    {
        CheckSilence(now);
        GiveUpHopeless(now);
    }

    /// <summary>Nothing could come for a while: no read is given up for that.</summary>
    internal void Excuse(TimeSpan now)
    {
        foreach (var wish in demand.Waiting.Wishes)
        {
            wish.LastProgress = now;
        }
    }

    private void CheckSilence(TimeSpan now)
    {
        var isDiskBehind = parts.Store.BytesWaiting > Torrent.MaxBytesWaiting;
        var limit = SilenceLimit + OurOwnDelay();

        // A web seed keeps its own time, and takes back what it promised when that is over.
        foreach (var peer in swarm.Proper)
        {
            if (peer.Requests.IsEmpty)
            {
                continue;
            }

            if (isDiskBehind)
            {
                // We do not read what it sends.
                peer.Speed.Excused(now);
            }
            else if (now - peer.Speed.LastSign > limit)
            {
                peer.Close("owes blocks and sends nothing");
            }
        }
    }

    /// <summary>With a limit on the rate, blocks of all peers take turns, a few at each.</summary>
    private TimeSpan OurOwnDelay()
    {
        var rate = context.Options.MaxDownloadRate;
        return rate == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(4.0 * swarm.Peers.Count * TorrentLayout.BlockLength / rate, 3600));
    }

    private void GiveUpHopeless(TimeSpan now)
    {
        var timeout = context.Options.ReadTimeout;
        if (timeout == Timeout.InfiniteTimeSpan || !demand.HasWaiters)
        {
            return;
        }

        foreach (var wish in demand.Waiting.Wishes.Where(wish => now - wish.LastProgress >= timeout && !HasSource(wish)).ToList())
        {
            demand.Remove(wish);
            wish.GiveUp($"No peer has piece {wish.First} and nothing of it came for {timeout.TotalSeconds:0} s.");
        }
    }

    private bool HasSource(Wish wish)
    {
        for (var i = wish.First.Value; i <= wish.Last.Value; i++)
        {
            var piece = new PieceIndex(i);
            if (!parts.Pieces.Has(piece) && !swarm.Peers.Any(peer => peer.Pieces.Has(piece)))
            {
                return false;
            }
        }

        return true;
    }
}
