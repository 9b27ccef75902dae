using System.Buffers;
using BtFs.Engine.Layout;

namespace BtFs.Engine.Verifying;

/// <summary>A piece being put together from blocks. Unverified: no reader can reach its bytes.</summary>
/// <remarks>
/// Sessions write from their own threads; a block is written by whoever claims it first and never again, so that bytes
/// cannot change once they may have been hashed.
/// </remarks>
internal sealed class PieceAssembly
{
    private const byte Free = 0;
    private const byte Claimed = 1;
    private const byte Filled = 2;

    /// <summary>Bytes that a writer hashes at a time, 0.3 ms at most: more is work for the hash threads.</summary>
    private const int MostAhead = 32 * TorrentLayout.BlockLength;

    private readonly PieceDigest _digest = new();
    private readonly byte[] _blocks;
    private int _missing;

    // Its owner and each writer at work count one; at zero the memory is let go and stays closed to writers.
    private int _users = 1;

    /// <param name="piece">The piece.</param>
    /// <param name="layout">Its torrent's arithmetic.</param>
    /// <param name="bytes">At least as long as the piece; the assembly takes over the caller's hold.</param>
    internal PieceAssembly(PieceIndex piece, TorrentLayout layout, SharedBuffer bytes)
    {
        Piece = piece;
        Length = layout.LengthOf(piece);
        Bytes = bytes;
        _blocks = new byte[layout.BlocksIn(piece)];
        _missing = _blocks.Length;
    }

    internal PieceIndex Piece { get; }

    /// <summary>Bytes in the piece.</summary>
    internal int Length { get; }

    internal SharedBuffer Bytes { get; }

    /// <summary>Whether every block has arrived.</summary>
    internal bool IsComplete => Volatile.Read(ref _missing) == 0;

    /// <summary>Bytes that still have to be hashed before the piece can be judged.</summary>
    internal int Unhashed => Length - _digest.Hashed;

    internal bool Has(int block) => Volatile.Read(ref _blocks[block]) == Filled;

    /// <summary>Copies a block in, unless it is there already or the piece was let go.</summary>
    /// <returns>Whether these bytes were taken.</returns>
    /// <exception cref="ArgumentException">The payload is not as long as the block.</exception>
    internal bool TryWrite(BlockRef block, in ReadOnlySequence<byte> payload)
    {
        if (payload.Length != block.Length)
        {
            throw new ArgumentException($"A block of {block.Length} bytes came with {payload.Length}.", nameof(payload));
        }

        if (Interlocked.CompareExchange(ref _blocks[block.Number], Claimed, Free) != Free)
        {
            return false;
        }

        // The loop may drop the piece while this block is under way. A hold on the memory would not tell: it may be
        // living its next life, as another piece, by then.
        if (!TryEnter())
        {
            return false;
        }

        payload.CopyTo(Bytes.GetSpan().Slice(block.Offset, block.Length));
        Volatile.Write(ref _blocks[block.Number], Filled);
        Interlocked.Decrement(ref _missing);
        Leave();
        return true;
    }

    /// <summary>Hashes what has arrived from the front on, if nobody else is at it. For whoever has just written a block; off the loop.</summary>
    internal void HashAhead()
    {
        if (!TryEnter())
        {
            return;
        }

        var end = _digest.Hashed;
        var most = Math.Min(Length, end + MostAhead);
        while (end < most && Has(end / TorrentLayout.BlockLength))
        {
            end = Math.Min(end + TorrentLayout.BlockLength, Length);
        }

        _digest.TryAdvance(Bytes.GetSpan()[..Length], end);
        Leave();
    }

    /// <summary>Whether the piece hashes to what the torrent promises. Only for a complete one, whose <see cref="Bytes"/> the caller holds.</summary>
    internal bool Matches(ReadOnlySpan<byte> promised) => _digest.Matches(Bytes.GetSpan()[..Length], promised);

    /// <summary>Lets go of the memory; late blocks are refused from here on.</summary>
    internal void Drop() => Leave();

    private bool TryEnter()
    {
        var seen = Volatile.Read(ref _users);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _users, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _digest.Dispose();
            Bytes.Release();
        }
    }
}
