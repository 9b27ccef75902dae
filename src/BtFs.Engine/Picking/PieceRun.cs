using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;

namespace BtFs.Engine.Picking;

/// <summary>Pieces in a row that are to be fetched in order, round to those before the start. Each is passed once.</summary>
internal sealed class PieceRun
{
    /// <summary>Pieces looked at for a peer that has few of them.</summary>
    private const int Probes = 512;

    private readonly int _first;
    private readonly int _last;
    private int _next;
    private int _passed;

    internal PieceRun(int first, int last)
    {
        _first = _next = first;
        _last = last;
    }

    /// <summary>Whether every piece has been passed.</summary>
    internal bool IsOver => _passed > _last - _first;

    internal bool Contains(int piece) => piece >= _first && piece <= _last;

    /// <summary>Goes on from a piece of the run.</summary>
    internal void GoTo(int piece)
    {
        _next = Math.Clamp(piece, _first, _last);
        _passed = 0;
    }

    /// <summary>The next missing piece that a peer can be asked for.</summary>
    /// <param name="map">The state of every piece.</param>
    /// <param name="except">Pieces that are not to be fetched.</param>
    /// <param name="peer">The peer.</param>
    /// <param name="piece">The piece.</param>
    internal bool TryTake(PieceMap map, HashSet<PieceIndex> except, Peer peer, out PieceIndex piece)
    {
        while (!IsOver && (map[new PieceIndex(_next)] is not (PieceState.Missing or PieceState.Unchecked) || except.Contains(new PieceIndex(_next))))
        {
            _passed++;
            _next = _next == _last ? _first : _next + 1;
        }

        for (var i = 0; !IsOver && i < Math.Min(Probes, _last - _first + 1); i++)
        {
            var at = _next + i;
            piece = new PieceIndex(at <= _last ? at : at - (_last - _first + 1));
            if (map[piece] == PieceState.Missing && !except.Contains(piece) && peer.CanAsk(piece))
            {
                return true;
            }
        }

        piece = default;
        return false;
    }
}
