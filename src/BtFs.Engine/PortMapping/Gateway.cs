using System.Net;

namespace BtFs.Engine.PortMapping;

/// <summary>The router by which this machine reaches the Internet.</summary>
/// <param name="Address">Its address on our side.</param>
/// <param name="Local">Our own address towards the Internet.</param>
internal sealed record Gateway(IPAddress Address, IPAddress Local);
