using BtFs.Engine.Discovery;
using BtFs.Engine.Network;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.WebSeeds;

/// <summary>What a torrent's web seeds are given from outside.</summary>
/// <param name="Sessions">The clock and the limits, as peers have them.</param>
/// <param name="Lookup">Finds the addresses of their hosts.</param>
/// <param name="Route">By which way they are reached.</param>
/// <param name="Post">The inbox of the torrent's loop; never waits, safe from any thread.</param>
/// <param name="Log">Where they log.</param>
internal sealed record WebSeedContext(PeerSessionOptions Sessions, HostLookup Lookup, NetworkRoute Route, Action<TorrentEvent> Post, ILogger Log)
{
    internal TimeProvider Time => Sessions.Time;
}
