namespace BtFs.Protocol.Peer;

/// <summary>The layout of a BITFIELD: one bit for each piece, the first piece in the highest bit (BEP 3).</summary>
public static class BitfieldFormat
{
    /// <summary>Bytes of the bitfield of a torrent with <paramref name="pieceCount"/> pieces.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pieceCount"/> is below 1.</exception>
    public static int Bytes(int pieceCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pieceCount);
        return ((pieceCount - 1) / 8) + 1;
    }

    /// <summary>Makes sure that a received bitfield fits the torrent. Call it late where the bitfield came before the metadata.</summary>
    /// <param name="bits">The message's body.</param>
    /// <param name="pieceCount">Pieces of the torrent, 1 or more.</param>
    /// <exception cref="ProtocolViolationException">The length is wrong, or a bit behind the last piece is set.</exception>
    public static void Check(ReadOnlySpan<byte> bits, int pieceCount)
    {
        if (bits.Length != Bytes(pieceCount))
        {
            throw new ProtocolViolationException($"Peer sent a bitfield of {bits.Length} bytes for {pieceCount} pieces.");
        }

        var spare = (bits.Length * 8) - pieceCount;
        if ((bits[^1] & ((1 << spare) - 1)) != 0)
        {
            throw new ProtocolViolationException($"Peer claims a piece behind the last of {pieceCount}.");
        }
    }
}
