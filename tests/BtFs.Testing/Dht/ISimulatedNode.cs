using System.Net;

namespace BtFs.Testing.Dht;

/// <summary>Somebody at an address of a <see cref="SimulatedDht"/>.</summary>
internal interface ISimulatedNode
{
    /// <summary>A packet has come.</summary>
    void Receive(ReadOnlyMemory<byte> packet, IPEndPoint from);
}
