using BtFs.Fuse;
using BtFs.Fuse.Replies;

namespace BtFs.Mount.Branches.Libraries;

/// <summary>One opening of a file that is being dropped.</summary>
internal sealed class OpenedDrop(DropBox box, Drop drop, bool forWriting) : IOpenedNode
{
    /// <inheritdoc/>
    public bool IsDirect => true;

    /// <inheritdoc/>
    public bool TryRead(in ReadArguments arguments, ReadReply reply)
    {
        reply.Add(box.Read(drop, arguments.Offset, arguments.Size));
        return true;
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(ReadArguments arguments, ReadReply reply, CancellationToken interrupted)
    {
        TryRead(arguments, reply);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public Errno Write(in WriteArguments arguments, ReadOnlySpan<byte> bytes) =>
        forWriting ? box.Write(drop, arguments.Offset, bytes) : Errno.EBADF;

    /// <inheritdoc/>
    public ValueTask<Errno> FlushAsync() => forWriting ? box.JudgeAsync(drop) : new(Errno.None);

    /// <inheritdoc/>
    public void Dispose() => box.Release(drop);
}
