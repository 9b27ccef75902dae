using BtFs.Fuse.Abi;
using BtFs.Fuse.Replies;
using BtFs.Fuse.Requests;
using Microsoft.Extensions.Logging;

namespace BtFs.Fuse;

/// <summary>Reads the kernel's requests and sees to it that each is answered once, until the kernel ends the connection.</summary>
internal sealed class FuseServer
{
    private const int StackBytes = 1 << 20;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FuseChannel _channel;
    private readonly Dispatcher _dispatcher;
    private readonly WaitingReads _waiting;
    private readonly Opening _opening;
    private readonly ILogger _log;
    private readonly int _readers;
    private readonly bool _isWritable;
    private int _running;

    /// <param name="fileSystem">Answers the requests.</param>
    /// <param name="channel">Where they come from; closed when the last reader thread has ended.</param>
    /// <param name="settings">Threads and bounds.</param>
    /// <param name="log">Where trouble is told.</param>
    public FuseServer(FuseFileSystem fileSystem, FuseChannel channel, ServerSettings settings, ILogger log)
    {
        var sender = new ReplySender(channel, log);
        var failures = new Failures(fileSystem, log);
        var replies = new ReadReplies(sender, failures);
        _channel = channel;
        _log = log;
        _readers = settings.Readers;
        _isWritable = settings.IsWritable;
        _waiting = new WaitingReads(fileSystem, sender, replies, failures, settings.TimeProvider);
        _opening = new Opening(fileSystem, sender, settings, log);
        var late = new LateAnswers(sender, failures);
        _dispatcher = new Dispatcher(
            _opening,
            new MetadataRequests(fileSystem, sender),
            new FileRequests(fileSystem, sender, replies, _waiting, late, failures, _isWritable),
            _isWritable ? new ChangeRequests(fileSystem, sender, late) : null,
            new Interrupts(_waiting, sender, severalReaders: _readers > 1),
            sender,
            failures,
            log);
    }

    /// <summary>Completes when INIT is answered.</summary>
    public Task<FuseConnection> Agreed => _opening.Agreed;

    /// <summary>Completes when the kernel has ended the connection. Never fails.</summary>
    public Task Completion => _ended.Task;

    public int WaitingCount => _waiting.Count;

    /// <summary>Starts the reader threads. They do not keep the process alive.</summary>
    public void Start()
    {
        _running = _readers;
        for (var i = 0; i < _readers; i++)
        {
            new Thread(ReadRequests, StackBytes) { IsBackground = true, Name = $"fuse reader {i}" }.Start();
        }
    }

    /// <summary>Answers all waiting reads with EIO, and lets none wait from now on.</summary>
    public void EndWaiting() => _waiting.Close();

    private void ReadRequests()
    {
        var scratch = new Scratch(_isWritable);
        while (true)
        {
            var error = _channel.Read(scratch.Request, out var length);
            if (length > 0)
            {
                _dispatcher.Dispatch(scratch.Request.AsSpan(0, length), scratch);
            }
            else if (error is not (Errno.EINTR or Errno.EAGAIN or Errno.ENOENT))
            {
                // ENOENT: the request was withdrawn while it was being read.
                EndReader(error);
                return;
            }
        }
    }

    private void EndReader(Errno error)
    {
        if (error is not (Errno.None or Errno.ENODEV or Errno.ECONNABORTED))
        {
            Log.DeviceFailed(_log, error);
        }

        if (Interlocked.Decrement(ref _running) == 0)
        {
            _waiting.Close();
            _waiting.Dispose();
            _channel.Dispose();
            _ended.TrySetResult();
        }
    }
}
