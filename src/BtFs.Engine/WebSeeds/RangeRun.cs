namespace BtFs.Engine.WebSeeds;

/// <summary>A stretch of the torrent that one connection fetches, whole blocks long.</summary>
/// <param name="start">Its first byte in the torrent.</param>
/// <param name="end">The byte behind its last.</param>
/// <param name="isUrgent">Whether a reader waits for it.</param>
internal sealed class RangeRun(long start, long end, bool isUrgent)
{
    private bool _hasAnswer;

    internal long Start { get; } = start;

    internal long End { get; } = end;

    internal bool IsUrgent { get; } = isUrgent;

    /// <summary>The first byte that has not been dealt with. Kept by its <see cref="RangeQueue"/>.</summary>
    internal long Position { get; set; } = start;

    /// <summary>Blocks from there on that somebody still wants. Kept by its <see cref="RangeQueue"/>.</summary>
    internal int Wanted { get; set; }

    /// <summary>Whether the server has answered anything. Set by whoever reads, and never taken back.</summary>
    internal bool HasAnswer
    {
        get => Volatile.Read(ref _hasAnswer);
        set => Volatile.Write(ref _hasAnswer, value);
    }

    /// <summary>Whether any block of it has come.</summary>
    internal bool HasProgress => Position > Start;

    internal CancellationTokenSource Stop { get; } = new();
}
