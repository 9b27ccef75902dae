using BtFs.Engine.Layout;

namespace BtFs.Engine.Storage.Limits;

/// <summary>When each piece was last read, in pieces written since. Readers note, the writer asks. Safe from any thread.</summary>
/// <remarks>
/// Time is counted in writes, because only writes make anything old: a film that is paused for a day has lost nothing. Four bytes for
/// a piece, and one plain store for a read: two who note at once both note the same.
/// </remarks>
internal sealed class PieceUse(int pieceCount)
{
    /// <summary>When a piece was read that an earlier run left.</summary>
    private const int LongAgo = 1;

    // Above zero: when it was last read. Below: when it was written, not having been read since. Zero: not here.
    private readonly int[] _stamps = new int[pieceCount];
    private int _now = LongAgo + 1;

    /// <summary>Pieces in the torrent.</summary>
    internal int Pieces => _stamps.Length;

    /// <summary>Pieces written so far, and two.</summary>
    internal int Now => _now;

    /// <summary>Somebody reads a piece.</summary>
    internal void Read(PieceIndex piece) => _stamps[piece.Value] = _now;

    /// <summary>A piece is on the disk. For the writer.</summary>
    internal void Written(PieceIndex piece)
    {
        _now++;
        if (_stamps[piece.Value] <= 0)
        {
            _stamps[piece.Value] = -_now;
        }
    }

    /// <summary>A piece of an earlier run is on the disk.</summary>
    internal void Found(PieceIndex piece) => _stamps[piece.Value] = LongAgo;

    /// <summary>A piece is on the disk no longer.</summary>
    internal void Evicted(PieceIndex piece) => _stamps[piece.Value] = 0;

    /// <summary>Whether nobody has read a piece since it was written.</summary>
    internal bool IsUnread(PieceIndex piece) => _stamps[piece.Value] <= 0;

    /// <summary>When a piece was last read, or else written.</summary>
    internal int LastUse(PieceIndex piece) => Math.Abs(_stamps[piece.Value]);
}
