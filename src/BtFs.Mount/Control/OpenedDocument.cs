using BtFs.Fuse;
using BtFs.Fuse.Replies;
using BtFs.Mount.Branches;

namespace BtFs.Mount.Control;

/// <summary>An opening of a <see cref="ControlDocument"/>: its text is written for the first read.</summary>
internal sealed class OpenedDocument(Func<CancellationToken, Task<byte[]>> write) : IOpenedNode
{
    private readonly Lock _lock = new();

    // Never disposed: it has no timer, and a read may come at any time.
    private readonly CancellationTokenSource _closed = new();
    private Task<byte[]>? _writing;
    private byte[]? _text;

    /// <inheritdoc/>
    public bool IsDirect => true;

    /// <inheritdoc/>
    public bool TryRead(in ReadArguments arguments, ReadReply reply)
    {
        if (Volatile.Read(ref _text) is not { } text)
        {
            return false;
        }

        Answer(text, arguments, reply);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(ReadArguments arguments, ReadReply reply, CancellationToken interrupted)
    {
        // On a thread of the pool: the one that brought the request has others to bring.
        Task<byte[]> writing;
        lock (_lock)
        {
            writing = _writing ??= Task.Run(() => write(_closed.Token), _closed.Token);
        }

        var text = await writing.WaitAsync(interrupted);
        Volatile.Write(ref _text, text);
        Answer(text, arguments, reply);
    }

    /// <inheritdoc/>
    public void Dispose() => _closed.Cancel();

    private static void Answer(byte[] text, in ReadArguments arguments, ReadReply reply)
    {
        if (arguments.Offset < text.Length)
        {
            var rest = text.AsMemory((int)arguments.Offset);
            reply.Add(rest[..Math.Min(rest.Length, arguments.Size)]);
        }
    }
}
