using System.Diagnostics;
using BtFs.Engine.Layout;
using BtFs.Engine.Reports;

namespace BtFs.Engine.Torrents;

/// <summary>The state of every piece, and how much of every file is here. Written by the loop only.</summary>
internal sealed class PieceMap
{
    private readonly TorrentLayout _layout;
    private readonly PieceState[] _states;

    // Kept beside the states, as BITFIELD has it: building it anew for each of hundreds of peers would walk millions of pieces each time.
    private readonly byte[] _bits;
    private readonly long[] _presentByFile;
    private long _present;

    /// <param name="layout">The torrent's arithmetic.</param>
    /// <param name="present">Pieces that can be read from the start.</param>
    /// <param name="uncertain">Pieces of which the store will tell whether it has them.</param>
    internal PieceMap(TorrentLayout layout, IEnumerable<PieceIndex> present, IEnumerable<PieceIndex>? uncertain = null)
    {
        _layout = layout;
        _states = new PieceState[layout.PieceCount];
        _bits = new byte[(layout.PieceCount + 7) / 8];
        _presentByFile = new long[layout.FileCount];
        foreach (var piece in uncertain ?? [])
        {
            _states[piece.Value] = PieceState.Unchecked;
        }

        foreach (var piece in present)
        {
            _states[piece.Value] = PieceState.Have;
            Count(piece, +1);
        }
    }

    /// <summary>Pieces in state Have.</summary>
    internal int HaveCount { get; private set; }

    internal bool IsComplete => HaveCount == _states.Length;

    /// <summary>Verified bytes held. Any thread may ask.</summary>
    internal long BytesPresent => Volatile.Read(ref _present);

    /// <summary>Bytes not held. Any thread may ask.</summary>
    internal long BytesMissing => _layout.TotalLength - BytesPresent;

    internal PieceState this[PieceIndex piece] => _states[piece.Value];

    /// <summary>Whether a piece is verified and held. Any thread may ask, and hears how it was a moment ago.</summary>
    internal bool Has(PieceIndex piece) => _states[piece.Value] == PieceState.Have;

    /// <summary>Verified bytes of one file. Any thread may ask.</summary>
    internal long BytesPresentIn(FileIndex file) => Volatile.Read(ref _presentByFile[file.Value]);

    /// <summary>Something happened to a piece.</summary>
    internal void Apply(PieceIndex piece, PieceEvent happened)
    {
        ref var state = ref _states[piece.Value];
        var before = state;
        state = before.After(happened);
        if (state == PieceState.Have)
        {
            Count(piece, +1);
        }
        else if (before == PieceState.Have)
        {
            Count(piece, -1);
        }
    }

    /// <summary>Pieces under way, or of which it is not known whether they are here. Any thread may ask.</summary>
    internal int UnderWay => _states.Length - _states.AsSpan().Count(PieceState.Missing) - _states.AsSpan().Count(PieceState.Have);

    /// <summary>Neighbours of one state, from the first piece on. Any thread may ask; each piece is then true by itself.</summary>
    internal IReadOnlyList<PieceStateRun> Runs(int most)
    {
        var runs = new List<PieceStateRun>();
        for (var first = 0; first < _states.Length && runs.Count < most;)
        {
            var state = _states[first];
            var length = _states.AsSpan(first).IndexOfAnyExcept(state);
            length = length < 0 ? _states.Length - first : Math.Max(length, 1);
            runs.Add(new PieceStateRun(first, length, WordOf(state)));
            first += length;
        }

        return runs;
    }

    /// <summary>What of a file is not here, as offsets in it. Any thread may ask; each piece is then true by itself.</summary>
    internal IReadOnlyList<ByteRange> MissingIn(FileIndex file, int most)
    {
        var start = _layout.StartOf(file);
        var end = start + _layout.LengthOf(file);
        var missing = new List<ByteRange>();
        for (var at = start; at < end && missing.Count < most;)
        {
            var states = _states.AsSpan(_layout.PieceAt(at).Value..(_layout.PieceAt(end - 1).Value + 1));
            var here = states.IndexOfAnyExcept(PieceState.Have);
            if (here < 0)
            {
                break;
            }

            var gone = states[here..].IndexOf(PieceState.Have);
            var from = Math.Max(at, _layout.StartOf(new PieceIndex(_layout.PieceAt(at).Value + here)));
            at = gone < 0 ? end : Math.Min(end, _layout.StartOf(new PieceIndex(_layout.PieceAt(at).Value + here + gone)));
            missing.Add(new ByteRange(from - start, at - start));
        }

        return missing;
    }

    /// <summary>The pieces we have, as a BITFIELD message wants them: most significant bit first.</summary>
    internal byte[] ToBitfield() => [.. _bits];

    private static string WordOf(PieceState state) => state switch
    {
        PieceState.Missing => "missing",
        PieceState.Downloading => "downloading",
        PieceState.Verifying => "verifying",
        PieceState.Have => "have",
        PieceState.Unchecked => "unchecked",
        _ => throw new UnreachableException($"A {state} piece."),
    };

    private void Count(PieceIndex piece, int sign)
    {
        HaveCount += sign;
        _bits[piece.Value >> 3] ^= (byte)(0x80 >> (piece.Value & 7));
        Volatile.Write(ref _present, _present + (sign * _layout.LengthOf(piece)));

        // A loop of its own rather than FilesIn: this runs for every piece, and allocates nothing.
        var start = _layout.StartOf(piece);
        var end = start + _layout.LengthOf(piece);
        for (var file = _layout.FirstFileAt(start); file.Value < _layout.FileCount && _layout.StartOf(file) < end; file = new FileIndex(file.Value + 1))
        {
            var bytes = Math.Min(end, _layout.StartOf(file) + _layout.LengthOf(file)) - Math.Max(start, _layout.StartOf(file));
            ref var held = ref _presentByFile[file.Value];
            Volatile.Write(ref held, held + (sign * Math.Max(bytes, 0)));
        }
    }
}
