namespace BtFs.Engine.Peers;

/// <summary>What concerns all peers of one torrent: to whom something happened in this turn of the loop, and what they owe, so that nobody has to look at each.</summary>
internal sealed class PeerTurn
{
    /// <summary>Peers with something queued on their wire.</summary>
    internal List<Peer> ToFlush { get; } = [];

    /// <summary>Peers that may have become able to take requests.</summary>
    internal List<Peer> Freed { get; } = [];

    /// <summary>The peer that shares the torrent's cache on this machine; null when there is none.</summary>
    internal Peer? Neighbour { get; set; }

    /// <summary>The neighbour while it answers as it should: then nobody else is asked for what it has.</summary>
    internal Peer? Preferred { get; private set; }

    /// <summary>Requests that all peers together have not answered.</summary>
    internal int Outstanding { get; set; }

    /// <summary>Looks whether the neighbour is to be preferred.</summary>
    internal void LookAtNeighbour(TimeSpan now) =>
        Preferred = Neighbour is { IsSuspect: false, IsSlow: false } peer && !peer.Speed.IsSilent(now) ? peer : null;

    /// <summary>Whoever was freed has been dealt with.</summary>
    internal void ForgetFreed()
    {
        foreach (var peer in Freed)
        {
            peer.IsFreed = false;
        }

        Freed.Clear();
    }
}
