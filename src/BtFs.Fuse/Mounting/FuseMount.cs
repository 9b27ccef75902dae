using BtFs.Fuse.Requests;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Fuse.Mounting;

/// <summary>A mounted file system. Disposing it unmounts with <see cref="UnmountMode.Abort"/>.</summary>
/// <remarks>The process that serves a mount must never touch it itself, not even as its working directory: it would wait for its own answer.</remarks>
public sealed class FuseMount : IAsyncDisposable
{
    /// <summary>How long the kernel gets to let go of a mount that was taken away.</summary>
    private static readonly TimeSpan LetGo = TimeSpan.FromSeconds(2);

    /// <summary>Dead mounts may be stacked on each other, one for each crash.</summary>
    private const int MaxDeadMounts = 16;

    private readonly SemaphoreSlim _oneUnmount = new(1);
    private readonly FuseServer _server;
    private readonly Attachment _attachment;
    private readonly TimeProvider _timeProvider;

    private FuseMount(string directory, FuseConnection connection, FuseServer server, Attachment attachment, TimeProvider timeProvider)
    {
        Directory = directory;
        Connection = connection;
        _server = server;
        _attachment = attachment;
        _timeProvider = timeProvider;
    }

    /// <summary>Where it is mounted: an absolute path without symbolic links, or <c>/dev/fd/N</c> as it was given.</summary>
    public string Directory { get; }

    /// <summary>What was agreed with the kernel.</summary>
    public FuseConnection Connection { get; }

    /// <summary>Ends when the kernel lets go of the mount, whoever unmounted it. Never fails.</summary>
    public Task Completion => _server.Completion;

    /// <summary>Reads that wait for their bytes right now.</summary>
    public int WaitingReads => _server.WaitingCount;

    /// <summary>Mounts a file system. When the task completes, programs can use it.</summary>
    /// <param name="fileSystem">What to mount.</param>
    /// <param name="directory">An existing directory, or <c>/dev/fd/N</c> for a device that mount.fuse3(8) has opened and mounted already.</param>
    /// <param name="options">How to mount.</param>
    /// <param name="loggers">Where trouble is told.</param>
    /// <param name="cancel">Gives up; what was mounted by then is unmounted.</param>
    /// <exception cref="MountException">It cannot be mounted; says why and what to do.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> came first.</exception>
    public static async Task<FuseMount> MountAsync(
        FuseFileSystem fileSystem, string directory, FuseMountOptions options, ILoggerFactory loggers, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var log = loggers.CreateLogger<FuseMount>();
        var (device, path, attachment) = Attach(directory, options, log);
        var settings = new ServerSettings(options.Readers ?? ServerSettings.UsualReaders, options.MaxReadahead, options.TimeProvider, options.Writable);
        var server = new FuseServer(fileSystem, new FuseChannel(device), settings, log);
        server.Start();
        try
        {
            // If the connection ends first, asking what was agreed would take for ever.
            await Task.WhenAny(server.Agreed, server.Completion).WaitAsync(cancel);
            var connection = server.Agreed.IsCompleted ? await server.Agreed : throw new HandshakeException();
            return new FuseMount(path, connection, server, attachment, options.TimeProvider);
        }
        catch (HandshakeException)
        {
            attachment.Abort();
            throw new MountException(
                MountFailure.Handshake, "The kernel broke off while the mount was being set up.", "Linux 5.4 or newer is needed; see the kernel's log.");
        }
        catch (Exception)
        {
            // Cancelled, or the file system failed to start: nothing is left behind.
            attachment.Abort();
            throw;
        }
    }

    /// <summary>Looks whether a directory can be mounted on, without touching it: before time is spent on what is to be mounted there.</summary>
    /// <exception cref="MountException">It cannot be; says why and what to do.</exception>
    public static void Check(string directory, FuseMountOptions options)
    {
        if (!OpenedDevice.IsNamedBy(directory))
        {
            _ = MountPoint.TryFind(directory, options, out _);
        }
    }

    /// <summary>Takes the mount away. Waits two seconds at most for it to be taken and two for the kernel to let go, whatever readers do.</summary>
    /// <param name="mode">How much force to use; after <see cref="UnmountResult.Busy"/> or <see cref="UnmountResult.Detached"/>, more may be tried.</param>
    public async Task<UnmountResult> UnmountAsync(UnmountMode mode)
    {
        await _oneUnmount.WaitAsync();
        try
        {
            if (Completion.IsCompleted)
            {
                return UnmountResult.Unmounted;
            }

            if (mode != UnmountMode.Polite)
            {
                _server.EndWaiting();
            }

            if (!await TakeAwayAsync(mode))
            {
                return UnmountResult.Busy;
            }

            return await EndsInTimeAsync() ? UnmountResult.Unmounted : UnmountResult.Detached;
        }
        finally
        {
            _oneUnmount.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await UnmountAsync(UnmountMode.Abort);

    private static (SafeFileHandle Device, string Path, Attachment Attachment) Attach(string directory, FuseMountOptions options, ILogger log)
    {
        if (OpenedDevice.TryTake(directory) is { } opened)
        {
            return (opened, directory, new Attachment(null, null));
        }

        var at = FindMountPoint(directory, options, log);
        var device = (options.ForceHelper ? null : DirectMount.TryMount(at, options)) ?? HelperMount.Mount(at, options);
        return (device, at.Path, Attachment.At(at.Path));
    }

    private static MountPoint FindMountPoint(string directory, FuseMountOptions options, ILogger log)
    {
        for (var i = 0; i < MaxDeadMounts; i++)
        {
            if (MountPoint.TryFind(directory, options, out var staleAt) is { } found)
            {
                return found;
            }

            if (staleAt is null || !Attachment.TryClear(staleAt))
            {
                break;
            }

            Log.StaleDetached(log, staleAt);
        }

        throw MountPoint.Stale(directory);
    }

    /// <summary>On a thread of its own and not for ever: the helper is another program, and the kernel may have its reasons to be slow.</summary>
    /// <returns><see langword="false"/> if the mount is in use and was to be spared.</returns>
    private async Task<bool> TakeAwayAsync(UnmountMode mode)
    {
        try
        {
            return await Task.Run(() => TakeAway(mode)).WaitAsync(LetGo, _timeProvider);
        }
        catch (TimeoutException)
        {
            return mode != UnmountMode.Polite;
        }
    }

    private bool TakeAway(UnmountMode mode)
    {
        if (mode == UnmountMode.Abort)
        {
            _attachment.Abort();
            return true;
        }

        if (_attachment.TryDetachIdle())
        {
            return true;
        }

        if (mode == UnmountMode.Polite)
        {
            return false;
        }

        _attachment.Detach();
        return true;
    }

    /// <summary>Somebody may hold the mount in another namespace: then the kernel never tells us, and waiting must have an end.</summary>
    private async Task<bool> EndsInTimeAsync()
    {
        try
        {
            await Completion.WaitAsync(LetGo, _timeProvider);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
