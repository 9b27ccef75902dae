using System.Text;
using BtFs.Fuse;
using BtFs.Fuse.Replies;
using BtFs.Protocol.Metainfo;

namespace BtFs.Mount.Branches.Libraries;

/// <summary>One request and its answer. The request begins when the answer is read, or when it is closed without that.</summary>
internal sealed class OpenedControl(ILibraryKeeper keeper) : IOpenedNode
{
    /// <summary>Bytes of the longest request: a .torrent with a few words before it.</summary>
    private const int LongestRequest = MetainfoLimits.MaxTorrentBytes + 4096;

    private readonly Lock _lock = new();
    private readonly MemoryStream _request = new();
    private Task<LibraryAnswer>? _answer;
    private long? _answerStart;

    /// <inheritdoc/>
    public bool IsDirect => true;

    /// <inheritdoc/>
    public bool TryRead(in ReadArguments arguments, ReadReply reply) => false;

    /// <inheritdoc/>
    public async ValueTask ReadAsync(ReadArguments arguments, ReadReply reply, CancellationToken interrupted)
    {
        Task<LibraryAnswer> answer;
        long start;
        lock (_lock)
        {
            // A shell reads on where it has written to, other programs from the beginning.
            start = _answerStart ??= arguments.Offset;
            answer = Begin();
        }

        var text = Encoding.UTF8.GetBytes((await answer.WaitAsync(interrupted)).Text);
        var from = (int)Math.Clamp(arguments.Offset - start, 0, text.Length);
        reply.Add(text.AsMemory(from, Math.Min(arguments.Size, text.Length - from)));
    }

    /// <inheritdoc/>
    public Errno Write(in WriteArguments arguments, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_answer is not null || arguments.Offset != _request.Length)
            {
                return Errno.EINVAL;
            }

            if (_request.Length + bytes.Length > LongestRequest)
            {
                return Errno.EFBIG;
            }

            _request.Write(bytes);
            return Errno.None;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Errno> FlushAsync()
    {
        Task<LibraryAnswer> answer;
        lock (_lock)
        {
            if (_request.Length == 0 || _answerStart is not null)
            {
                return Errno.None;
            }

            answer = Begin();
        }

        return (await answer).IsDone ? Errno.None : Errno.EINVAL;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A request that has begun goes on, and is the keeper's.
    }

    private Task<LibraryAnswer> Begin() => _answer ??= keeper.AnswerAsync(_request.ToArray());
}
