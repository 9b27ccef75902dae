using System.Collections.Concurrent;
using BtFs.Fuse.Replies;

namespace BtFs.Fuse.Requests;

/// <summary>All reads that wait. They cost no thread: the reader's process sleeps in the kernel, and here is a table row.</summary>
internal sealed class WaitingReads : IDisposable
{
    /// <summary>How often an interrupted reader that wanted to go on is looked at again.</summary>
    private static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(50);

    /// <summary>How long an interrupted reader whose signals cannot be seen is kept waiting.</summary>
    private static readonly TimeSpan UnseenGrace = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<ulong, WaitingRead> _reads = [];
    private readonly FuseFileSystem _fileSystem;
    private readonly ReplySender _sender;
    private readonly ReadReplies _replies;
    private readonly Failures _failures;
    private readonly TimeProvider _timeProvider;
    private readonly ITimer _watch;
    private volatile bool _closed;

    public WaitingReads(FuseFileSystem fileSystem, ReplySender sender, ReadReplies replies, Failures failures, TimeProvider timeProvider)
    {
        _fileSystem = fileSystem;
        _sender = sender;
        _replies = replies;
        _failures = failures;
        _timeProvider = timeProvider;
        _watch = timeProvider.CreateTimer(_ => LookAgain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count => _reads.Count;

    /// <summary>Hands a read to the file system and answers it when that is done, or when nobody waits any more.</summary>
    /// <param name="unique">The request.</param>
    /// <param name="arguments">What is read.</param>
    /// <param name="reply">Empty; given back when the file system is done with it.</param>
    public void Start(ulong unique, in ReadArguments arguments, ReadReply reply)
    {
        var read = new WaitingRead(unique, arguments, reply);

        // Known before the file system hears of it: the INTERRUPT may be read by another thread meanwhile.
        _reads[unique] = read;
        read.Work = ServeAsync(read);
        if (_closed)
        {
            End(read, Errno.EIO);
        }
    }

    /// <summary>A signal reached the reader.</summary>
    /// <returns><see langword="false"/> if no such read waits.</returns>
    public bool Interrupt(ulong unique)
    {
        if (!_reads.TryGetValue(unique, out var read))
        {
            return false;
        }

        read.InterruptedAt = _timeProvider.GetTimestamp();
        if (!EndIfReaderLeaves(read))
        {
            _watch.Change(SecondLook, Timeout.InfiniteTimeSpan);
        }

        return true;
    }

    /// <summary>Answers everything that waits with EIO, and everything that would wait from now on.</summary>
    public void Close()
    {
        _closed = true;
        foreach (var (_, read) in _reads)
        {
            End(read, Errno.EIO);
        }
    }

    public void Dispose() => _watch.Dispose();

    private async Task ServeAsync(WaitingRead read)
    {
        try
        {
            await _fileSystem.ReadAsync(read.Arguments, read.Reply, read.Interrupted);
        }
        catch (OperationCanceledException) when (read.Interrupted.IsCancellationRequested)
        {
            read.Reply.Fail(Errno.EINTR);
        }
        catch (Exception e)
        {
            // Whatever a file system throws, the reader gets its answer.
            read.Reply.Fail(_failures.Name(e));
        }

        if (read.TryClaim())
        {
            _reads.TryRemove(read.Unique, out _);
            _replies.Send(read.Unique, read.Reply);
        }

        _replies.Return(read.Reply);
    }

    private void End(WaitingRead read, Errno error)
    {
        if (read.TryClaim())
        {
            _reads.TryRemove(read.Unique, out _);
            _sender.Error(read.Unique, error);
            read.Cancel();
        }
    }

    private bool EndIfReaderLeaves(WaitingRead read)
    {
        var leaves = InterruptedReader.WantsToLeave(read.Arguments.Caller.ThreadId)
            ?? _timeProvider.GetElapsedTime(read.InterruptedAt) >= UnseenGrace;
        if (leaves)
        {
            End(read, Errno.EINTR);
        }

        return leaves;
    }

    private void LookAgain()
    {
        var someStay = false;
        foreach (var (_, read) in _reads)
        {
            someStay |= read.InterruptedAt != 0 && !EndIfReaderLeaves(read);
        }

        if (someStay)
        {
            _watch.Change(SecondLook, Timeout.InfiniteTimeSpan);
        }
    }
}
