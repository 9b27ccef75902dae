using System.Net;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Dht;

/// <summary>A torrent that wants peers from the DHT, and to be found there.</summary>
internal sealed class DhtSearch
{
    internal required InfoHash Torrent { get; init; }

    /// <summary>Takes peers as they are named, on the DHT's thread. Must not wait.</summary>
    internal required Action<IReadOnlyList<IPEndPoint>> Found { get; init; }

    /// <summary>The TCP port that strangers can reach us on; 0 to look only. Asked on the DHT's thread.</summary>
    internal Func<int> Port { get; init; } = static () => 0;

    /// <summary>Whether we have all of it. Asked on the DHT's thread.</summary>
    internal Func<bool> IsSeed { get; init; } = static () => false;
}
