using BtFs.Protocol.PortMapping;

namespace BtFs.Engine.PortMapping;

/// <summary>A port of ours that others are to reach.</summary>
/// <param name="Protocol">Of what.</param>
/// <param name="Number">Where we listen, 1 to 65535.</param>
internal readonly record struct MappedPort(TransportProtocol Protocol, ushort Number);
