using BtFs.Engine.Discovery;
using BtFs.Engine.Peers;
using BtFs.Engine.PortMapping;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Torrents;

/// <summary>What a torrent's loop is given from outside: time, chance, and its ways in and out.</summary>
internal sealed record LoopContext(
    EngineOptions Options,
    PublicPorts Ports,
    TorrentInbox Inbox,
    ITorrentLinks Links,
    TimeProvider Time,
    Random Random,
    ILogger Log)
{
    /// <summary>By which peers know us; decides between two connections with one peer.</summary>
    internal OurPeerId Self { get; init; } = new(default);

    /// <summary>Its part of the connections of the process.</summary>
    internal ConnectionShare Share { get; init; } = ConnectionShare.OfOne();

    /// <summary>Whether peers are told where our DHT node is (BEP 5, PORT): where there is one and this torrent uses it.</summary>
    internal bool TellsDhtPort { get; init; }

    /// <summary>Our addresses as others see them.</summary>
    internal ExternalAddresses External { get; init; } = new();
}
