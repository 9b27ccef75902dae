using System.Net;

namespace BtFs.Protocol.PortMapping;

/// <summary>What a gateway answered to the wish for one of its ports. Nothing in it is checked.</summary>
/// <param name="Result">0, or the protocol's own number of what is wrong.</param>
/// <param name="ExternalPort">The port that was given.</param>
/// <param name="Lifetime">For how long.</param>
/// <param name="ExternalAddress">The outer address, where the protocol tells it along.</param>
public sealed record MapAnswer(int Result, ushort ExternalPort, TimeSpan Lifetime, IPAddress? ExternalAddress);
