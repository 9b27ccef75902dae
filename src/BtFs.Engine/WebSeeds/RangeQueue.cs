using System.Diagnostics.CodeAnalysis;
using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.WebSeeds;

/// <summary>The blocks that a web seed was asked for, joined into as few requests as serve their readers. Thread-safe; no I/O, no clock.</summary>
/// <remarks>
/// What a reader waits for goes first, and exactly that: a request holds no block beyond. For the rest there is one connection less, so
/// that a reader who comes finds one free. A block asked for that a request under way has yet to reach is taken from there.
/// </remarks>
internal sealed class RangeQueue(TorrentLayout layout)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, WantedBlock> _wanted = [];
    private readonly LinkedList<WantedBlock> _urgent = new();
    private readonly LinkedList<WantedBlock> _ahead = new();
    private readonly List<RangeRun> _runs = [];

    private int _mostRuns = WebSeedLimits.Connections;

    /// <summary>Requests under way at most.</summary>
    internal int MostRuns
    {
        get
        {
            lock (_lock)
            {
                return _mostRuns;
            }
        }

        set
        {
            lock (_lock)
            {
                _mostRuns = value;
            }
        }
    }

    /// <summary>The requests under way, also those that were told to stop.</summary>
    internal IReadOnlyList<RangeRun> Runs
    {
        get
        {
            lock (_lock)
            {
                return [.. _runs];
            }
        }
    }

    private int MaxBytes => _mostRuns == 1 ? WebSeedLimits.MaxRangeBytesAlone : WebSeedLimits.MaxRangeBytes;

    /// <summary>A block is wanted. If it is already, it now goes to <paramref name="target"/>.</summary>
    internal void Add(BlockRef block, PieceAssembly target, bool isUrgent)
    {
        lock (_lock)
        {
            var start = layout.StartOf(block.Piece) + block.Offset;
            if (_wanted.TryGetValue(start, out var known))
            {
                known.Target = target;
                return;
            }

            var wanted = new WantedBlock(block, start, isUrgent) { Target = target };
            _wanted.Add(start, wanted);
            if (_runs.Find(run => run.Position <= start && start < run.End && !run.Stop.IsCancellationRequested) is { } run)
            {
                wanted.Run = run;
                run.Wanted++;
            }
            else
            {
                wanted.Place = (isUrgent ? _urgent : _ahead).AddLast(wanted);
            }
        }
    }

    /// <summary>A block is no longer wanted.</summary>
    /// <param name="block">Which.</param>
    /// <param name="vain">The request that was to bring it, if it should be ended: nothing else of it is wanted, and much is to come.</param>
    /// <returns>Whether it was; if not, it has come already.</returns>
    /// <remarks>A server that has not answered yet is left to show whether it does: else one that never does would be asked for ever.</remarks>
    internal bool Remove(BlockRef block, out RangeRun? vain)
    {
        lock (_lock)
        {
            vain = null;
            if (!_wanted.Remove(layout.StartOf(block.Piece) + block.Offset, out var wanted))
            {
                return false;
            }

            vain = wanted.Run is { Wanted: 1, HasAnswer: true } run && run.End - run.Position > WebSeedLimits.DrainBytes ? run : null;
            return Detach(wanted);
        }
    }

    /// <summary>Begins the next request, if one should be made now.</summary>
    internal RangeRun? Next()
    {
        lock (_lock)
        {
            if (_runs.Count >= _mostRuns)
            {
                return null;
            }

            return _urgent.First is { } urgent ? Begin(urgent.Value, _mostRuns - _runs.Count, LengthFrom(urgent.Value))
                : _ahead.First is { } ahead ? BeginAhead(ahead.Value)
                : null;
        }
    }

    /// <summary>The next block of a request, whether wanted or not.</summary>
    internal BlockRef Current(RangeRun run)
    {
        lock (_lock)
        {
            var slice = layout.FirstSlice(run.Position, 1);
            return layout.BlockAt(slice.Piece, slice.Offset / TorrentLayout.BlockLength);
        }
    }

    /// <summary>The bytes of that block have come: goes on to the one behind it.</summary>
    /// <returns>Whether it was wanted.</returns>
    internal bool Pass(RangeRun run, BlockRef current, [NotNullWhen(true)] out PieceAssembly? target)
    {
        lock (_lock)
        {
            var wasWanted = _wanted.Remove(run.Position, out var wanted);
            run.Position += current.Length;
            target = wanted?.Target;
            return wasWanted && Detach(wanted!);
        }
    }

    /// <summary>Whether anything of a request that has not come yet is still wanted.</summary>
    internal bool IsWanted(RangeRun run)
    {
        lock (_lock)
        {
            return run.Wanted > 0;
        }
    }

    /// <summary>A request has ended. What it has not brought waits for another one, before all others.</summary>
    internal void End(RangeRun run)
    {
        lock (_lock)
        {
            _runs.Remove(run);
            if (run.Wanted == 0)
            {
                return;
            }

            foreach (var wanted in _wanted.Values.Where(wanted => wanted.Run == run).OrderByDescending(wanted => wanted.Start))
            {
                wanted.Run = null;
                wanted.Place = (wanted.IsUrgent ? _urgent : _ahead).AddFirst(wanted);
            }

            run.Wanted = 0;
        }
    }

    /// <summary>Gives up what is wanted of some pieces.</summary>
    internal List<BlockRef> Take(PieceIndex first, PieceIndex last)
    {
        lock (_lock)
        {
            var taken = _wanted.Values.Where(wanted => wanted.Block.Piece.Value >= first.Value && wanted.Block.Piece.Value <= last.Value).ToList();
            foreach (var wanted in taken)
            {
                _wanted.Remove(wanted.Start);
                Detach(wanted);
            }

            return [.. taken.Select(wanted => wanted.Block)];
        }
    }

    private RangeRun? BeginAhead(WantedBlock first)
    {
        var most = Math.Max(_mostRuns - 1, 1);
        var under = 0;
        var left = 0L;
        foreach (var run in _runs)
        {
            under += run.IsUrgent ? 0 : 1;
            left += run.IsUrgent ? 0 : run.End - run.Position;
        }

        if (under >= most)
        {
            return null;
        }

        var length = LengthFrom(first);
        return under == 0 || length >= WebSeedLimits.WorthwhileBytes || left < WebSeedLimits.LowBytes
            ? Begin(first, most - under, length)
            : null;
    }

    /// <summary>Bytes from a block on that wait, without a gap: for a reader only what readers wait for.</summary>
    private long LengthFrom(WantedBlock first)
    {
        var end = first.Start;
        while (end - first.Start < MaxBytes
            && _wanted.TryGetValue(end, out var wanted)
            && wanted.Run is null
            && (wanted.IsUrgent || !first.IsUrgent)
            && end + wanted.Block.Length - first.Start <= MaxBytes)
        {
            end += wanted.Block.Length;
        }

        return end - first.Start;
    }

    /// <summary>Begins a request of what waits from a block on, or of a fair share of it.</summary>
    private RangeRun Begin(WantedBlock first, int freeRuns, long length)
    {
        var share = Math.Max(length / freeRuns, WebSeedLimits.LeastShareBytes);
        var blocks = new List<WantedBlock>();
        var end = first.Start;
        while (end < first.Start + Math.Min(length, share))
        {
            blocks.Add(_wanted[end]);
            end += blocks[^1].Block.Length;
        }

        var run = new RangeRun(first.Start, end, first.IsUrgent) { Wanted = blocks.Count };
        foreach (var wanted in blocks)
        {
            wanted.Place!.List!.Remove(wanted.Place);
            wanted.Place = null;
            wanted.Run = run;
        }

        _runs.Add(run);
        return run;
    }

    private static bool Detach(WantedBlock wanted)
    {
        if (wanted.Run is { } run)
        {
            run.Wanted--;
        }

        wanted.Place?.List?.Remove(wanted.Place);
        return true;
    }
}
