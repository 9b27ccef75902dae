namespace BtFs.Protocol.Peer;

/// <summary>The first byte of a peer message.</summary>
public enum MessageId : byte
{
    // BEP 3.
    Choke = 0,
    Unchoke = 1,
    Interested = 2,
    NotInterested = 3,
    Have = 4,
    Bitfield = 5,
    Request = 6,
    Piece = 7,
    Cancel = 8,

    // BEP 5.
    Port = 9,

    // BEP 6, the Fast extension.
    SuggestPiece = 13,
    HaveAll = 14,
    HaveNone = 15,
    RejectRequest = 16,
    AllowedFast = 17,

    // BEP 10.
    Extended = 20,

    // BEP 52.
    HashRequest = 21,
    Hashes = 22,
    HashReject = 23,
}
