using BtFs.Fuse.Abi;
using BtFs.Fuse.Replies;

namespace BtFs.Fuse.Requests;

/// <summary>INTERRUPT: a signal reached somebody who waits for an answer.</summary>
internal sealed class Interrupts(WaitingReads waiting, ReplySender sender, bool severalReaders)
{
    /// <remarks>
    /// Never answered with ENOSYS: the kernel would send no other for the life of the mount, and readers with O_DIRECT could not be killed.
    /// Only reads that wait can be interrupted; everything else is answered before a signal matters.
    /// </remarks>
    public Errno? Interrupt(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out InterruptIn what));
        if (!waiting.Interrupt(what.Target) && severalReaders)
        {
            // The other thread may hold the target in its hands. EAGAIN makes the kernel send this again, unless the target is answered by then.
            sender.Error(request.Header.Unique, Errno.EAGAIN);
        }

        return null;
    }
}
