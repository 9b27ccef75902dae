namespace BtFs.Protocol.PortMapping;

/// <summary>What a port is of. The values are those of IANA, which PCP uses.</summary>
public enum TransportProtocol
{
    Tcp = 6,
    Udp = 17,
}
