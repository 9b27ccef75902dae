using BtFs.Engine.Picking;

namespace BtFs.Engine.Containers;

/// <summary>A finder's walk through one file, kept within bounds: the numbers it goes by are a stranger's.</summary>
internal sealed class IndexSearch
{
    /// <summary>Steps of one walk. Real files take at most twenty or so, most of them inside the first read.</summary>
    internal const int MaxReads = 64;

    /// <summary>Reads far from all before: each may cost a piece. The longest honest walk is first SeekHead, second SeekHead, Cues.</summary>
    internal const int MaxJumps = 4;

    /// <summary>How far behind the last read the next one is still no jump: less than most pieces are long.</summary>
    internal const long Near = 64 * 1024;

    /// <summary>Bytes of an index that are fetched ahead, from its start. Ten hours of film take about as much; half the widest read-ahead.</summary>
    internal const long MaxIndexBytes = 16L << 20;

    /// <summary>What lies so close to the head is on the reader's own way.</summary>
    internal const long HeadBytes = ReadAhead.Reach;

    private readonly IIndexFinder _finder;
    private readonly long _fileLength;
    private long _lastEnd;
    private int _reads;
    private int _jumps;

    internal IndexSearch(IIndexFinder finder, long fileLength)
    {
        _finder = finder;
        _fileLength = fileLength;
        Take(finder.Begin());
    }

    /// <summary>The bytes to be handed to <see cref="Supply"/>, all inside the file; null when the walk is over.</summary>
    internal FileRange? Needs { get; private set; }

    /// <summary>The index, or the beginning of a very long one; null when none was found that is worth fetching.</summary>
    internal FileRange? Found { get; private set; }

    /// <summary>Goes on with the bytes of <see cref="Needs"/>.</summary>
    internal void Supply(ReadOnlySpan<byte> bytes) => Take(_finder.Next(bytes));

    private void Take(IndexStep step)
    {
        Needs = null;
        if (step.Index is { } index)
        {
            Found = index.Start >= HeadBytes ? Within(index, MaxIndexBytes) : null;
        }
        else if (step.Needs is { } needs && Within(needs, needs.Length) is { } read && IsAffordable(read))
        {
            Needs = read;
            _lastEnd = read.End;
        }
    }

    /// <summary>The part of a range that is in the file; null when none is.</summary>
    private FileRange? Within(FileRange range, long most) => range.Start >= 0 && range.Start < _fileLength && range.Length > 0
        ? range with { Length = Math.Min(Math.Min(range.Length, most), _fileLength - range.Start) }
        : null;

    private bool IsAffordable(FileRange read)
    {
        var isNear = read.Start < HeadBytes || Math.Abs(read.Start - _lastEnd) <= Near;
        return ++_reads <= MaxReads && (isNear || ++_jumps <= MaxJumps);
    }
}
