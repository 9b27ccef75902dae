using BtFs.Engine.Layout;

namespace BtFs.Engine.Picking;

/// <summary>A read that waits for pieces. Made by the reader, counted down by the loop.</summary>
internal sealed class Wish(PieceIndex first, PieceIndex last)
{
    // Asynchronous continuations: a woken reader must not run its own code on the loop.
    private readonly TaskCompletionSource _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>First and last piece wanted.</summary>
    internal PieceIndex First { get; } = first;
    internal PieceIndex Last { get; } = last;

    /// <summary>Whether it is the first read of its place, so that nothing could be asked for ahead.</summary>
    internal bool IsScattered { get; init; }

    /// <summary>The file that is read, where that is known.</summary>
    internal FileIndex? File { get; init; }

    /// <summary>The handle that reads, where there is one.</summary>
    internal object? Reader { get; init; }

    /// <summary>Completes when each piece was there; fails when the wish was given up.</summary>
    internal Task Granted => _granted.Task;

    /// <summary>Pieces still missing. The loop's.</summary>
    internal int Missing { get; set; }

    /// <summary>When the loop first heard of it, in the loop's time.</summary>
    internal TimeSpan Since { get; set; }

    /// <summary>When last a block of its pieces arrived, or <see cref="Since"/>.</summary>
    internal TimeSpan LastProgress { get; set; }

    internal void Grant() => _granted.TrySetResult();

    internal void GiveUp(string why)
    {
        // Looked at, so that it does not count as overlooked where the reader has just been interrupted.
        _ = _granted.TrySetException(new ContentUnavailableException(why)) ? _granted.Task.Exception : null;
    }
}
