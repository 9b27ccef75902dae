using BtFs.Engine.Peers;

namespace BtFs.Engine.Torrents;

/// <summary>Decides when which address is called. Owned by the loop.</summary>
/// <remarks>
/// Most addresses of a list are dead, and a dead one says nothing for seconds. So while a reader waits, a dial that has not been answered
/// within <see cref="PeerLimits.DialHope"/> no longer keeps others from starting; and where more addresses wait than there are places, a
/// dial is given up as soon, to be made again with patience once the others have had their turn. 500 addresses take 0.6 s so.
/// </remarks>
internal sealed class Dialing(PeerBook book, LoopContext context)
{
    /// <summary>With so many peers that serve us, dials are no longer all that counts.</summary>
    private const int EnoughServing = 4;

    private readonly DialPace _pace = new();
    private bool _wasEager;

    /// <summary>Dials whoever is due.</summary>
    /// <param name="peers">Everybody connected.</param>
    /// <param name="now">The loop's time.</param>
    /// <param name="isEager">Whether a reader waits.</param>
    internal void Dial(IReadOnlyList<Peer> peers, TimeSpan now, bool isEager)
    {
        if (isEager && !_wasEager && peers.Count == 0)
        {
            book.Forgive();
        }

        _wasEager = isEager;
        var places = Places(peers, now, isEager);
        var due = book.Due(now, isEager, places);
        var isCrowded = isEager && due.Count == places;

        // Not more than are due: who asks for places that it does not need has others lose theirs.
        foreach (var address in due.Take(context.Share.RoomToDial(due.Count)))
        {
            var isRetry = book.WasCutShort(address);
            if (isRetry && !book.MayRetry)
            {
                continue;
            }

            var isShort = isCrowded && !isRetry && book.Dialing >= PeerLimits.PatientDials;
            book.Dialed(address, now, isShort);
            _pace.Spend();
            context.Links.Dial(address, isShort ? PeerLimits.DialHope : PeerLimits.ConnectTimeout, book.WayTo(address));
        }
    }

    private int Places(IReadOnlyList<Peer> peers, TimeSpan now, bool isEager)
    {
        var hopeful = isEager ? book.DialingSince(now - PeerLimits.DialHope) : book.Dialing;
        var atOnce = isEager && Serving(peers) < EnoughServing ? PeerLimits.HalfOpen : PeerLimits.DialsAtOnce;
        var room = context.Options.MaxPeers - peers.Count;

        // Of many calls few are answered: with nobody here, the places of those that fail are not kept free.
        var places = peers.Count == 0 && isEager ? atOnce : Math.Min(atOnce, room);
        return room <= 0 ? 0 : Math.Min(Math.Min(places - hopeful, PeerLimits.HalfOpen - book.Dialing), _pace.Left(now, isEager));
    }

    private static int Serving(IReadOnlyList<Peer> peers)
    {
        var count = 0;
        foreach (var peer in peers)
        {
            count += peer.ChokesUs ? 0 : 1;
        }

        return count;
    }
}
