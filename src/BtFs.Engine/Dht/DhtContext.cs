using BtFs.Engine.Discovery;
using BtFs.Protocol.Dht;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Dht;

/// <summary>What both sides of a node share.</summary>
internal sealed record DhtContext(IDhtWire Wire, SendBudget Budget, Reachability Reachability, Random Random, ILogger Log)
{
    /// <summary>Our addresses as others see them.</summary>
    internal required ExternalAddresses External { get; init; }

    /// <summary>The families that we take part in.</summary>
    internal required DhtFamilies Families { get; init; }
}
