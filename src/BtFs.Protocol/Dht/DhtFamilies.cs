namespace BtFs.Protocol.Dht;

/// <summary>Which of the two DHTs (BEP 32): nodes of one never keep what belongs to the other.</summary>
[Flags]
public enum DhtFamilies
{
    None = 0,
    IPv4 = 1,
    IPv6 = 2,
}
