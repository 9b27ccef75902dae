using System.Net;

namespace BtFs.Protocol.Dht;

/// <summary>A node, as one node tells another of it (BEP 5, "contact encoding"). Nothing says that it is there.</summary>
/// <param name="Id">Its place.</param>
/// <param name="Address">Where it can be asked; never with port 0.</param>
public readonly record struct NodeContact(NodeId Id, IPEndPoint Address);
