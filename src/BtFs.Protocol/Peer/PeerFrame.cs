using System.Buffers;

namespace BtFs.Protocol.Peer;

/// <summary>One message of the peer wire protocol, still in the receive buffer (BEP 3, "peer messages").</summary>
/// <remarks>Borrowed: a ref struct can be neither kept in a field nor carried across an await. Copy what must outlive the read.</remarks>
public readonly ref struct PeerFrame(byte id, ReadOnlySequence<byte> body)
{
    public byte Id { get; } = id;
    public ReadOnlySequence<byte> Body { get; } = body;
}
