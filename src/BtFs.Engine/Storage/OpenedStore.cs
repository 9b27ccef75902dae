using System.Net;

namespace BtFs.Engine.Storage;

/// <summary>A torrent's store, ready to be used.</summary>
/// <param name="Store">The caller's.</param>
/// <param name="Neighbour">Where another process of this user, on this machine, shares what it has of the torrent; or null.</param>
internal sealed record OpenedStore(IRangeStore Store, IPEndPoint? Neighbour = null);
