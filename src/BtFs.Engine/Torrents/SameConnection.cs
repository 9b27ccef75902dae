using BtFs.Engine.Peers;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Torrents;

/// <summary>Which of two connections with one peer stays, so that both sides keep the same one without a word.</summary>
/// <remarks>
/// Two peers that call each other at the same moment have two connections, and each sees them in its own order. As with libtorrent, the
/// call of the side whose peer id is greater stays, however late it comes. An id is easily copied, though: from another
/// address it cannot push out a connection that is older than any dial takes.
/// </remarks>
internal static class SameConnection
{
    /// <summary>The longest that two sides can disagree about who called first: a dial and its handshake.</summary>
    internal static readonly TimeSpan DialLife = PeerLimits.ConnectTimeout + PeerLimits.HandshakeTimeout;

    /// <summary>Whether a new connection takes the place of an old one with the same peer id.</summary>
    /// <param name="self">Our peer id.</param>
    /// <param name="old">The peer as it is connected.</param>
    /// <param name="hello">The new handshake.</param>
    /// <param name="now">The loop's time.</param>
    internal static bool NewOneStays(PeerId self, Peer old, PeerHello hello, TimeSpan now)
    {
        var isSameHost = old.Hello.Address.Address.Equals(hello.Address.Address);
        if (isSameHost && !old.Requests.IsEmpty && old.Speed.IsSilent(now))
        {
            // It owes us blocks on a line that may be dead; here it is on another.
            return true;
        }

        return (isSameHost || now - old.ConnectedAt < DialLife) && !hello.IsIncoming == IsGreater(self, hello.Id);
    }

    private static bool IsGreater(PeerId ours, PeerId theirs)
    {
        ReadOnlySpan<byte> mine = ours, other = theirs;
        return mine.SequenceCompareTo(other) > 0;
    }
}
