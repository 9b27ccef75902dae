using System.Numerics;
using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Protocol;

namespace BtFs.Engine.Peers;

/// <summary>Which pieces a peer has. A seed is a flag, never a bitset.</summary>
/// <remarks>
/// What a peer says before the piece count is known (a magnet) is kept as it came and judged by <see cref="Settle"/>:
/// <code>
/// unsettled ─Settle→ settled
/// </code>
/// </remarks>
internal sealed class PeerPieces
{
    /// <summary>HAVEs remembered before the piece count is known; a peer that sends more is talking nonsense slowly.</summary>
    internal const int MaxUnsettledHaves = 4096;

    /// <summary>Bitfields without news that a peer may send: each costs as much as there are pieces.</summary>
    internal const int MaxEmptyBitfields = 16;

    private readonly List<int> _unsettledHaves = [];
    private ReadOnlyMemory<byte>? _unsettledBits;
    private ulong[] _bits = [];
    private bool _all;
    private bool _hasToldAll;
    private int _emptyBitfields;
    private bool _hasLost;
    private PieceCopies? _countedIn;
    private int _pieceCount = -1;

    /// <summary>How many pieces it has; 0 while unsettled.</summary>
    internal int Count { get; private set; }

    /// <summary>Whether it has everything.</summary>
    internal bool IsSeed => _pieceCount >= 0 ? Count == _pieceCount : _all;

    private bool IsSettled => _pieceCount >= 0;

    internal bool Has(PieceIndex piece) => IsSettled && (_all || (Count > 0 && Bit(piece.Value)));

    /// <summary>HAVE_ALL (BEP 6).</summary>
    /// <exception cref="ProtocolViolationException">It is the second.</exception>
    internal void SetAll()
    {
        if (_hasToldAll)
        {
            throw new ProtocolViolationException("A second HAVE_ALL.");
        }

        _hasToldAll = true;
        CountBits(-1);
        _all = true;
        _bits = [];
        _unsettledBits = null;
        _unsettledHaves.Clear();
        Count = Math.Max(_pieceCount, 0);
    }

    /// <summary>HAVE_NONE (BEP 6): the start state, so nothing changes.</summary>
    internal void SetNone()
    {
    }

    /// <summary>BITFIELD: most significant bit first. BEP 3 has one, at the start; aria2 sends more, in place of many HAVEs.</summary>
    /// <exception cref="ProtocolViolationException">Its length does not fit the piece count, spare bits are set, or there were too many without news.</exception>
    internal void SetBits(ReadOnlyMemory<byte> bits)
    {
        if (!IsSettled)
        {
            _unsettledBits = bits;
            return;
        }

        var before = Count;
        TakeBits(bits);
        if (Count == before && ++_emptyBitfields > MaxEmptyBitfields)
        {
            throw new ProtocolViolationException("Bitfield after bitfield, and nothing new in them.");
        }
    }

    /// <summary>HAVE.</summary>
    /// <returns>Whether that is news.</returns>
    /// <exception cref="ProtocolViolationException">There is no such piece.</exception>
    internal bool Add(int piece)
    {
        if (!IsSettled)
        {
            if (_unsettledHaves.Count == MaxUnsettledHaves)
            {
                throw new ProtocolViolationException($"More than {MaxUnsettledHaves} HAVEs without knowing the torrent.");
            }

            _unsettledHaves.Add(piece);
            return false;
        }

        Check(piece);
        if (_all || Has(new PieceIndex(piece)))
        {
            return false;
        }

        Expand();
        Set(piece);
        CollapseIfSeed();
        return true;
    }

    /// <summary>It has pieces in a row, or has them no more.</summary>
    internal void Offer(PieceIndex first, PieceIndex last, bool areThere)
    {
        for (var piece = first.Value; piece <= last.Value; piece++)
        {
            if (areThere)
            {
                Add(piece);
            }
            else
            {
                Remove(piece);
            }
        }
    }

    /// <summary>lt_donthave (BEP 54).</summary>
    /// <exception cref="ProtocolViolationException">There is no such piece.</exception>
    internal void Remove(int piece)
    {
        if (!IsSettled)
        {
            return;
        }

        Check(piece);
        if (!Has(new PieceIndex(piece)))
        {
            return;
        }

        Expand();
        _hasLost = true;
        _bits[piece >> 6] &= ~(1UL << (piece & 63));
        Count--;
        _countedIn?.Add(piece, -1);
    }

    /// <summary>Has its pieces counted, from now on and those it has already; no longer with null. A seed counts nowhere.</summary>
    internal void CountIn(PieceCopies? copies)
    {
        CountBits(-1);
        _countedIn = copies;
        CountBits(+1);
    }

    /// <summary>The piece count is known now: everything said so far is judged.</summary>
    /// <exception cref="ProtocolViolationException">It said something impossible.</exception>
    internal void Settle(int pieceCount)
    {
        _pieceCount = pieceCount;
        Count = _all ? pieceCount : 0;
        if (_unsettledBits is { } bits)
        {
            _unsettledBits = null;
            TakeBits(bits);
        }

        foreach (var piece in _unsettledHaves)
        {
            Add(piece);
        }

        _unsettledHaves.Clear();
        _unsettledHaves.TrimExcess();
    }

    private void TakeBits(ReadOnlyMemory<byte> bits)
    {
        if (bits.Length != (_pieceCount + 7) / 8)
        {
            throw new ProtocolViolationException($"A bitfield of {bits.Length} bytes does not fit {_pieceCount} pieces.");
        }

        var span = bits.Span;
        if (_pieceCount % 8 != 0 && (span[^1] & (0xff >> (_pieceCount % 8))) != 0)
        {
            throw new ProtocolViolationException("A bitfield has spare bits set.");
        }

        Expand();
        for (var piece = 0; piece < _pieceCount; piece++)
        {
            if ((span[piece >> 3] & (0x80 >> (piece & 7))) != 0)
            {
                Set(piece);
            }
        }

        CollapseIfSeed();
    }

    private bool Bit(int piece) => (_bits[piece >> 6] & (1UL << (piece & 63))) != 0;

    private void Check(int piece)
    {
        if (piece < 0 || piece >= _pieceCount)
        {
            throw new ProtocolViolationException($"There is no piece {piece} among {_pieceCount}.");
        }
    }

    private void Set(int piece)
    {
        ref var word = ref _bits[piece >> 6];
        var bit = 1UL << (piece & 63);
        if ((word & bit) == 0)
        {
            word |= bit;
            Count++;
            _countedIn?.Add(piece, +1);
        }
    }

    private void Expand()
    {
        if (_bits.Length == 0)
        {
            _bits = new ulong[(_pieceCount + 63) / 64];
            if (_all)
            {
                _all = false;
                Count = 0;
                for (var piece = 0; piece < _pieceCount; piece++)
                {
                    Set(piece);
                }
            }
        }
    }

    private void CollapseIfSeed()
    {
        // A peer that loses and finds pieces by turns would have its bits rebuilt each time.
        if (Count == _pieceCount && !_hasLost)
        {
            CountBits(-1);
            _all = true;
            _bits = [];
        }
    }

    private void CountBits(int sign)
    {
        for (var word = 0; _countedIn is not null && word < _bits.Length; word++)
        {
            for (var left = _bits[word]; left != 0; left &= left - 1)
            {
                _countedIn.Add((word << 6) + BitOperations.TrailingZeroCount(left), sign);
            }
        }
    }
}
