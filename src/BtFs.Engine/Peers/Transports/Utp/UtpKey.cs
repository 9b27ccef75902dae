namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>One connection among all of a port.</summary>
/// <param name="Address">The peer's, IPv4 as IPv6.</param>
/// <param name="Port">The peer's.</param>
/// <param name="Id">Our number for it.</param>
internal readonly record struct UtpKey(UInt128 Address, ushort Port, ushort Id);
