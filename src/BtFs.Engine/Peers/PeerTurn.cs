namespace BtFs.Engine.Peers;

/// <summary>The peers of one torrent that something happened to in this turn of the loop, so that nobody has to look at all of them.</summary>
internal sealed class PeerTurn
{
    /// <summary>Peers with something queued on their wire.</summary>
    internal List<Peer> ToFlush { get; } = [];

    /// <summary>Peers that may have become able to take requests.</summary>
    internal List<Peer> Freed { get; } = [];

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
