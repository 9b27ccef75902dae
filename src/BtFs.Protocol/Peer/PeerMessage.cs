namespace BtFs.Protocol.Peer;

/// <summary>One message of the peer wire protocol, owned: it holds no borrowed buffer and may be kept and passed on.</summary>
/// <remarks>PIECE is not here: a block's bytes go straight from the receive buffer into their piece (see <see cref="PeerFrame"/>).</remarks>
public abstract record PeerMessage
{
    public sealed record KeepAlive : PeerMessage;
    public sealed record Choke : PeerMessage;
    public sealed record Unchoke : PeerMessage;
    public sealed record Interested : PeerMessage;
    public sealed record NotInterested : PeerMessage;
    public sealed record Have(int Piece) : PeerMessage;
    public sealed record Bitfield(ReadOnlyMemory<byte> Bits) : PeerMessage;
    public sealed record Request(int Piece, int Begin, int Length) : PeerMessage;
    public sealed record Cancel(int Piece, int Begin, int Length) : PeerMessage;

    /// <summary>The peer's DHT port (BEP 5).</summary>
    public sealed record Port(ushort Value) : PeerMessage;

    // The Fast extension, BEP 6.
    public sealed record SuggestPiece(int Piece) : PeerMessage;
    public sealed record HaveAll : PeerMessage;
    public sealed record HaveNone : PeerMessage;
    public sealed record RejectRequest(int Piece, int Begin, int Length) : PeerMessage;
    public sealed record AllowedFast(int Piece) : PeerMessage;

    /// <summary>A message of the extension protocol (BEP 10); id 0 is the extension handshake.</summary>
    public sealed record Extended(byte ExtensionId, ReadOnlyMemory<byte> Payload) : PeerMessage;

    // Merkle hashes, BEP 52.
    public sealed record HashRequest(HashRange Range) : PeerMessage;
    public sealed record Hashes(HashRange Range, ReadOnlyMemory<byte> Values) : PeerMessage;
    public sealed record HashReject(HashRange Range) : PeerMessage;

    /// <summary>A message of an id that this program does not know; ignored.</summary>
    public sealed record Unknown(byte Id) : PeerMessage;
}

/// <summary>Which hashes of a file's merkle tree are asked for (BEP 52, "hash request").</summary>
/// <param name="PiecesRoot">32 bytes.</param>
public sealed record HashRange(ReadOnlyMemory<byte> PiecesRoot, int BaseLayer, int Index, int Length, int ProofLayers);
