using System.Net;
using BtFs.Protocol.PortMapping;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.PortMapping;

/// <summary>All that port mapping logs.</summary>
internal static partial class PortMappingLog
{
    [LoggerMessage(EventId = 545, Level = LogLevel.Information, Message = "Gateway {Gateway} was started anew: all ports are asked for again")]
    public static partial void BegunAnew(ILogger log, IPAddress gateway);

    [LoggerMessage(EventId = 540, Level = LogLevel.Information, Message = "Gateway {Gateway}: {Protocol} port {Port} is reached at port {External} ({Client})")]
    public static partial void Mapped(ILogger log, IPAddress gateway, TransportProtocol protocol, ushort port, ushort external, string client);

    [LoggerMessage(EventId = 541, Level = LogLevel.Debug, Message = "Gateway {Gateway}: no {Protocol} port by {Client}: {Reason}")]
    public static partial void Refused(ILogger log, IPAddress gateway, TransportProtocol protocol, string client, string reason);

    [LoggerMessage(EventId = 542, Level = LogLevel.Information, Message = "Gateway {Gateway} maps no port: peers cannot call us through it")]
    public static partial void Nothing(ILogger log, IPAddress gateway);

    [LoggerMessage(EventId = 543, Level = LogLevel.Debug, Message = "Gateway {Gateway}: a port could not be given back: {Reason}")]
    public static partial void NotGivenBack(ILogger log, IPAddress gateway, string reason);

    [LoggerMessage(EventId = 544, Level = LogLevel.Critical, Message = "Port mapping has failed: peers cannot call us through the gateway")]
    public static partial void Failed(ILogger log, Exception bug);
}
