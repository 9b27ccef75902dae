using System.Collections.Concurrent;

namespace BtFs.Fuse.Replies;

/// <summary>The replies to reads: lends them out, sends them, takes them back.</summary>
internal sealed class ReadReplies(ReplySender sender, Failures failures)
{
    private readonly ConcurrentBag<ReadReply> _spare = [];

    public ReadReply Rent() => _spare.TryTake(out var reply) ? reply : new ReadReply();

    /// <summary>Sends what was collected, whatever state it is in; the kernel gets exactly one reply.</summary>
    public void Send(ulong unique, ReadReply reply)
    {
        try
        {
            sender.Read(unique, reply);
        }
        catch (Exception e)
        {
            // Memory that cannot be pinned is the file system's fault; nothing was written yet.
            sender.Error(unique, failures.Name(e));
        }
    }

    /// <summary>Ends the leases and keeps the reply for the next read.</summary>
    public void Return(ReadReply reply)
    {
        try
        {
            reply.Clear();
        }
        catch (Exception e)
        {
            // A lease that fails to end has nobody left to tell but the log.
            failures.Name(e);
        }

        _spare.Add(reply);
    }
}
