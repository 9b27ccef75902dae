namespace BtFs.Protocol.Filters;

/// <summary>Addresses from one to another, both included.</summary>
/// <param name="First">The lowest, as a number; of IPv4 the low 32 bits.</param>
/// <param name="Last">The highest.</param>
/// <param name="IsIPv6">Whether they are IPv6 addresses.</param>
public readonly record struct AddressRange(UInt128 First, UInt128 Last, bool IsIPv6);
