using BtFs.Fuse.Abi;
using BtFs.Fuse.Replies;
using Microsoft.Extensions.Logging;

namespace BtFs.Fuse.Requests;

/// <summary>The first exchange with the kernel, once per mount.</summary>
internal sealed class Opening(FuseFileSystem fileSystem, ReplySender sender, ServerSettings settings, ILogger log)
{
    private readonly TaskCompletionSource<FuseConnection> _agreed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the file system can be used; fails with <see cref="HandshakeException"/>, or with what its start threw.</summary>
    public Task<FuseConnection> Agreed => _agreed.Task;

    public Errno? Init(ref FuseRequest request)
    {
        if (Agreed.IsCompleted)
        {
            return Errno.EPROTO;
        }

        if (!Handshake.TryAgree(ref request, settings, KernelTimeout.Read(), out var answer, out var connection))
        {
            _agreed.TrySetException(new HandshakeException());
            return Errno.EPROTO;
        }

        if (connection is null)
        {
            sender.Value(request.Header.Unique, answer);
            return null;
        }

        try
        {
            fileSystem.Started(connection);
        }
        catch (Exception e)
        {
            // The kernel is told by the dispatcher; whoever mounts, here.
            _agreed.TrySetException(e);
            throw;
        }

        Log.Agreed(log, connection.ProtocolMinor, connection.MaxReadSize, connection.MaxReadahead);
        sender.Value(request.Header.Unique, answer);
        _agreed.TrySetResult(connection);
        return null;
    }
}
