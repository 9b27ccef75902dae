using BtFs.Fuse.Abi;
using BtFs.Fuse.Replies;

namespace BtFs.Fuse.Requests;

/// <summary>Requests about open files. Each returns an error to reply, or <see langword="null"/> if it has replied or will.</summary>
internal sealed class FileRequests(
    FuseFileSystem fileSystem, ReplySender sender, ReadReplies replies, WaitingReads waiting, LateAnswers late, Failures failures, bool isWritable)
{
    public Errno? Open(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out OpenIn what));
        var isForWriting = OpenMode.IsForWriting(what.Flags);
        if (isForWriting && !isWritable)
        {
            return Errno.EROFS;
        }

        OpenedFile opened;
        var error = isForWriting
            ? fileSystem.OpenForWriting(request.Caller, request.Node, out opened)
            : fileSystem.Open(request.Caller, request.Node, out opened);
        if (error != Errno.None)
        {
            return error;
        }

        sender.Value(request.Header.Unique, OpenOut.From(opened));
        return null;
    }

    public Errno? Read(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out ReadIn what) && what.Offset <= long.MaxValue && what.Size <= Handshake.MaxRead);
        var arguments = new ReadArguments(
            request.Caller, request.Node, what.Handle, (long)what.Offset, (int)what.Size, OpenMode.IsDirect(what.Flags));

        var reply = replies.Rent();
        reply.Begin(arguments.Size);
        bool isAnswered;
        try
        {
            isAnswered = fileSystem.TryRead(arguments, reply);
        }
        catch (Exception e)
        {
            reply.Fail(failures.Name(e));
            isAnswered = true;
        }

        if (isAnswered)
        {
            replies.Send(request.Header.Unique, reply);
            replies.Return(reply);
        }
        else
        {
            reply.Clear();
            waiting.Start(request.Header.Unique, arguments, reply);
        }

        return null;
    }

    /// <summary>Never ENOSYS: a kernel that hears it sends no other, and it is the one hint that a reader is gone.</summary>
    public Errno? Flush(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out FlushIn what));
        return late.Answer(request.Header.Unique, fileSystem.FlushAsync(request.Caller, request.Node, what.Handle));
    }

    public Errno? Release(ref FuseRequest request)
    {
        MalformedRequestException.ThrowUnless(request.TryTake(out ReleaseIn what));
        fileSystem.Release(request.Node, what.Handle);
        return Errno.None;
    }
}
