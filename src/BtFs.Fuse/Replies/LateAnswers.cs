using System.Collections.Concurrent;

namespace BtFs.Fuse.Replies;

/// <summary>Answers requests whose outcome may take its time, without holding up the thread that reads requests.</summary>
/// <remarks>Unlike a read such a request cannot be interrupted: the kernel has its caller wait until it is answered or the mount is gone.</remarks>
internal sealed class LateAnswers(ReplySender sender, Failures failures)
{
    private readonly ConcurrentDictionary<ulong, Task> _underWay = [];

    /// <summary>Sees to it that a request is answered.</summary>
    /// <param name="unique">The request.</param>
    /// <param name="work">Its outcome.</param>
    /// <returns>The answer, if it is known already; <see langword="null"/> if it will be sent.</returns>
    public Errno? Answer(ulong unique, ValueTask<Errno> work)
    {
        if (work.IsCompletedSuccessfully)
        {
            return work.Result;
        }

        // Known before it starts: it may end, and be taken out, on another thread meanwhile.
        _underWay[unique] = Task.CompletedTask;
        _underWay.TryUpdate(unique, SendAsync(unique, work), Task.CompletedTask);
        return null;
    }

    private async Task SendAsync(ulong unique, ValueTask<Errno> work)
    {
        Errno error;
        try
        {
            error = await work;
        }
        catch (Exception e)
        {
            // Whatever a file system throws, the caller gets its answer.
            error = failures.Name(e);
        }

        sender.Error(unique, error);
        _underWay.TryRemove(unique, out _);
    }
}
