using BtFs.Fuse.Abi;
using BtFs.Fuse.Replies;
using Microsoft.Extensions.Logging;

namespace BtFs.Fuse.Requests;

/// <summary>Takes one request to whoever answers it. Runs on the reader threads.</summary>
internal sealed class Dispatcher(
    Opening opening,
    MetadataRequests metadata,
    FileRequests files,
    ChangeRequests? changes,
    Interrupts interrupts,
    ReplySender sender,
    Failures failures,
    ILogger log)
{
    /// <summary>Answers a message, or starts answering it. Never throws.</summary>
    public void Dispatch(ReadOnlySpan<byte> message, Scratch scratch)
    {
        if (!FuseRequest.TryRead(message, out var request))
        {
            Log.Malformed(log, message.Length, default);
            return;
        }

        var header = request.Header;
        Errno? error;
        try
        {
            error = Answer(ref request, scratch);
        }
        catch (MalformedRequestException)
        {
            Log.Malformed(log, message.Length, header.Opcode);
            error = Errno.EIO;
        }
        catch (Exception e)
        {
            // Whatever a file system throws, the caller gets its answer.
            error = failures.Name(e);
        }

        if (error is { } refused && WantsReply(header.Opcode))
        {
            sender.Error(header.Unique, refused);
        }
    }

    private static bool WantsReply(Opcode opcode) => opcode is not (Opcode.Forget or Opcode.BatchForget or Opcode.Interrupt);

    /// <returns>What to reply, or <see langword="null"/> if the reply is sent or will be.</returns>
    private Errno? Answer(ref FuseRequest request, Scratch scratch) => request.Header.Opcode switch
    {
        Opcode.Read => files.Read(ref request),
        Opcode.GetAttributes => metadata.GetAttributes(ref request),
        Opcode.Lookup => metadata.Lookup(ref request),
        Opcode.GetExtendedAttribute => metadata.GetExtendedAttribute(ref request),
        Opcode.ListExtendedAttributes => metadata.ListExtendedAttributes(ref request),
        Opcode.ReadDirectory => metadata.ReadDirectory(ref request, scratch, withAttributes: false),
        Opcode.ReadDirectoryPlus => metadata.ReadDirectory(ref request, scratch, withAttributes: true),
        Opcode.ReadLink => metadata.ReadLink(ref request),
        Opcode.Statistics => metadata.GetStatistics(ref request),
        Opcode.Forget => metadata.Forget(ref request),
        Opcode.BatchForget => metadata.BatchForget(ref request),
        Opcode.Open => files.Open(ref request),
        Opcode.Flush => files.Flush(ref request),
        Opcode.Release => files.Release(ref request),
        Opcode.Interrupt => interrupts.Interrupt(ref request),
        Opcode.Init => opening.Init(ref request),
        Opcode.OpenDirectory => metadata.OpenDirectory(ref request),
        Opcode.ReleaseDirectory or Opcode.Destroy => Errno.None,
        _ => IsChange(request.Header.Opcode) ? Change(ref request) : Errno.ENOSYS,
    };

    private Errno? Change(ref FuseRequest request) => changes is null ? Errno.EROFS : request.Header.Opcode switch
    {
        Opcode.Write => changes.Write(ref request),
        Opcode.Create => changes.Create(ref request),
        Opcode.SetAttributes => changes.SetAttributes(ref request),
        Opcode.Unlink => changes.RemoveFile(ref request),
        Opcode.RemoveDirectory => changes.RemoveDirectory(ref request),
        Opcode.Rename => changes.Rename(ref request),
        Opcode.Rename2 => changes.Rename2(ref request),

        // Programs that would copy attributes or reserve room go on without.
        Opcode.SetExtendedAttribute or Opcode.RemoveExtendedAttribute or Opcode.Allocate or Opcode.CopyFileRange or Opcode.TemporaryFile => Errno.EOPNOTSUPP,
        _ => Errno.EPERM,
    };

    /// <summary>What would change the file system. The kernel stops most of it itself, the mount being read-only.</summary>
    private static bool IsChange(Opcode opcode) => opcode is Opcode.SetAttributes or Opcode.SymbolicLink or Opcode.MakeNode or Opcode.MakeDirectory
        or Opcode.Unlink or Opcode.RemoveDirectory or Opcode.Rename or Opcode.Rename2 or Opcode.Link or Opcode.Write or Opcode.SetExtendedAttribute
        or Opcode.RemoveExtendedAttribute or Opcode.Create or Opcode.Allocate or Opcode.CopyFileRange or Opcode.TemporaryFile;
}
