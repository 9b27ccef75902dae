using System.Net;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.LocalDiscovery;

/// <summary>A torrent that wants peers of the local network, and to be found by them.</summary>
internal sealed class LocalSearch
{
    internal required InfoHash Torrent { get; init; }

    /// <summary>Takes peers as they announce themselves, on local discovery's thread. Must not wait.</summary>
    internal required Action<IReadOnlyList<IPEndPoint>> Found { get; init; }
}
