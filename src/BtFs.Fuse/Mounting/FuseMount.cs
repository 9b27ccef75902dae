using Microsoft.Extensions.Logging;

namespace BtFs.Fuse.Mounting;

/// <summary>A mounted file system. Disposing it unmounts, with as much force as it takes.</summary>
public sealed class FuseMount : IAsyncDisposable
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FuseMount(string directory, FuseConnection connection)
    {
        Directory = directory;
        Connection = connection;
    }

    /// <summary>Where it is mounted: an absolute path.</summary>
    public string Directory { get; }

    /// <summary>What was agreed with the kernel.</summary>
    public FuseConnection Connection { get; }

    /// <summary>Ends when the kernel lets go of the mount, whoever unmounted it. Never fails.</summary>
    public Task Completion => _ended.Task;

    /// <summary>Mounts a file system. When the task completes, programs can use it.</summary>
    /// <param name="fileSystem">What to mount.</param>
    /// <param name="directory">An existing directory, or <c>/dev/fd/N</c> for a device that a helper has opened and mounted already.</param>
    /// <param name="options">How to mount.</param>
    /// <param name="loggers">Where trouble is told.</param>
    /// <param name="cancel">Gives up; what was mounted by then is unmounted.</param>
    /// <exception cref="MountException">It cannot be mounted; says why and what to do.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> came first.</exception>
    public static Task<FuseMount> MountAsync(
        FuseFileSystem fileSystem, string directory, FuseMountOptions options, ILoggerFactory loggers, CancellationToken cancel) =>
        throw new NotImplementedException();

    /// <summary>Takes the mount away. Returns within two seconds or so, whatever readers do; may be called again with more force.</summary>
    public Task<UnmountResult> UnmountAsync(UnmountMode mode) => throw new NotImplementedException();

    /// <summary>Unmounts with <see cref="UnmountMode.Abort"/> if it is still mounted.</summary>
    public async ValueTask DisposeAsync() => await UnmountAsync(UnmountMode.Abort);
}
