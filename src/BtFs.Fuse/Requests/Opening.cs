using BtFs.Fuse.Abi;
using BtFs.Fuse.Replies;
using Microsoft.Extensions.Logging;

namespace BtFs.Fuse.Requests;

/// <summary>The first exchange with the kernel, once per mount.</summary>
internal sealed class Opening(FuseFileSystem fileSystem, ReplySender sender, int? maxReadahead, ILogger log)
{
    private readonly TaskCompletionSource<FuseConnection> _agreed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the file system can be used.</summary>
    public Task<FuseConnection> Agreed => _agreed.Task;

    public Errno? Init(ref FuseRequest request)
    {
        if (Agreed.IsCompleted || !Handshake.TryAgree(ref request, maxReadahead, KernelTimeout.Read(), out var answer, out var connection))
        {
            return Errno.EPROTO;
        }

        if (connection is not null)
        {
            fileSystem.Started(connection);
            Log.Agreed(log, connection.ProtocolMinor, connection.MaxReadSize, connection.MaxReadahead);
        }

        sender.Value(request.Header.Unique, answer);
        if (connection is not null)
        {
            _agreed.TrySetResult(connection);
        }

        return null;
    }
}
