namespace BtFs.Protocol.PortMapping;

/// <summary>A service of a UPnP gateway that can map ports.</summary>
/// <param name="Type">Its type, as it is to be named in calls; one of <see cref="GatewayDescription.Types"/>.</param>
/// <param name="Control">Where calls go: at the very address that described it.</param>
public sealed record GatewayService(string Type, Uri Control);
