using BtFs.Fuse.Replies;

namespace BtFs.Fuse.Requests;

/// <summary>A READ that was not answered at once. Whoever gets to <see cref="TryClaim"/> it first sends the one reply.</summary>
internal sealed class WaitingRead(ulong unique, ReadArguments arguments, ReadReply reply)
{
    private readonly CancellationTokenSource _interruption = new();
    private int _claimed;

    public ulong Unique { get; } = unique;

    public ReadArguments Arguments { get; } = arguments;

    /// <summary>Belongs to the file system until its task completes, even if the reader was answered before.</summary>
    public ReadReply Reply { get; } = reply;

    public CancellationToken Interrupted => _interruption.Token;

    /// <summary>The file system's work on it.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    /// <summary>The file system being told that nobody waits; its code runs elsewhere, not on the thread that tells it.</summary>
    public Task Cancellation { get; private set; } = Task.CompletedTask;

    /// <summary>When an INTERRUPT came, in timestamps; 0 if none did. The kernel sends no second one.</summary>
    public long InterruptedAt { get; set; }

    public bool TryClaim() => Interlocked.Exchange(ref _claimed, 1) == 0;

    public void Cancel() => Cancellation = _interruption.CancelAsync();
}
