using BtFs.Protocol.Peer;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Torrents;

/// <summary>What a torrent's loop is given from outside: time, chance, and its ways in and out.</summary>
internal sealed record LoopContext(
    EngineOptions Options,
    int ListenPort,
    TorrentInbox Inbox,
    ITorrentLinks Links,
    TimeProvider Time,
    Random Random,
    ILogger Log)
{
    /// <summary>By which peers know us; decides between two connections with one peer.</summary>
    internal PeerId Self { get; init; }

    /// <summary>The UDP port of our DHT node, told to peers (BEP 5, PORT); 0 where there is none or this torrent does not use it.</summary>
    internal int DhtPort { get; init; }
}
