namespace BtFs.Protocol.Peer;

/// <summary>Which body length each message has: the table behind every length check.</summary>
internal static class MessageLength
{
    /// <summary>The body lengths of <paramref name="id"/> under <paramref name="limits"/>.</summary>
    public static BodyLength Body(this MessageId id, FrameLimits limits) => id switch
    {
        MessageId.Choke or MessageId.Unchoke or MessageId.Interested or MessageId.NotInterested => BodyLength.Exactly(0),
        MessageId.HaveAll or MessageId.HaveNone => BodyLength.Exactly(0),
        MessageId.Have or MessageId.SuggestPiece or MessageId.AllowedFast => BodyLength.Exactly(4),
        MessageId.Request or MessageId.Cancel or MessageId.RejectRequest => BodyLength.Exactly(12),
        MessageId.Port => BodyLength.Exactly(2),
        MessageId.Piece => new(PieceFrame.HeaderBytes, PieceFrame.HeaderBytes + FrameLimits.BlockBytes),
        MessageId.Bitfield => limits.BitfieldRange,
        MessageId.Extended => new(1, limits.ExtendedBytes),
        MessageId.HashRequest or MessageId.HashReject => BodyLength.Exactly(HashRangeFormat.Bytes),
        MessageId.Hashes => FrameLimits.HashesRange,
        _ => new(0, FrameLimits.UnknownMessageBytes - 1),
    };

    /// <summary>Throws unless a body of <paramref name="bytes"/> is one that <paramref name="id"/> may have.</summary>
    /// <exception cref="ProtocolViolationException">It is not.</exception>
    public static void Check(byte id, long bytes, FrameLimits limits)
    {
        var allowed = ((MessageId)id).Body(limits);
        if (!allowed.Allows(bytes))
        {
            throw new ProtocolViolationException($"Peer sent message {id} with {bytes} bytes; it has {allowed}.");
        }
    }
}
