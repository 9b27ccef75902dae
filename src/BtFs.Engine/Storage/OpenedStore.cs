using System.Net;
using BtFs.Engine.CacheFolders;

namespace BtFs.Engine.Storage;

/// <summary>A torrent's store, ready to be used.</summary>
/// <param name="Store">The caller's.</param>
/// <param name="Neighbour">Where another process of this user, on this machine, shares what it has of the torrent; or null.</param>
/// <param name="Peers">Where peers are remembered, as long as the store is open; null where nothing is kept.</param>
internal sealed record OpenedStore(IRangeStore Store, IPEndPoint? Neighbour = null, CachedPeers? Peers = null);
