using BtFs.Engine;
using BtFs.Fuse;
using BtFs.Fuse.Replies;
using BtFs.Mount.Scanning;

namespace BtFs.Mount.Branches;

/// <summary>A torrent's file, opened once, with a reader of its own: two players of one file do not disturb each other's read-ahead.</summary>
/// <param name="node">The file.</param>
/// <param name="reader">Its reader, disposed with this.</param>
/// <param name="segments">Lends the lists of what an answer consists of.</param>
/// <param name="browseOnly">Whether every read is refused.</param>
/// <param name="account">Counts what a scanner reads; null for other readers.</param>
/// <param name="ended">The torrent has gone: its bytes can neither be waited for nor read.</param>
internal sealed class OpenedTorrentFile(
    FileNode node, IContentReader reader, SegmentPool segments, bool browseOnly, CancellationToken ended, ScannerAccount? account = null) : IOpenedNode
{
    /// <inheritdoc/>
    public bool TryRead(in ReadArguments arguments, ReadReply reply)
    {
        if (!TryStart(arguments, reply, out var length))
        {
            return true;
        }

        account?.NoteRead(length);
        var lease = segments.Rent();
        reply.DisposeWhenSent(lease);
        if (!reader.TryRead(arguments.Offset, length, lease.Segments))
        {
            return false;
        }

        lease.AddTo(reply);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(ReadArguments arguments, ReadReply reply, CancellationToken interrupted)
    {
        if (!TryStart(arguments, reply, out var length))
        {
            return;
        }

        var lease = segments.Rent();
        reply.DisposeWhenSent(lease);
        if (!ended.CanBeCanceled)
        {
            await reader.ReadAsync(arguments.Offset, length, lease.Segments, interrupted);
            lease.AddTo(reply);
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupted, ended);
        try
        {
            await reader.ReadAsync(arguments.Offset, length, lease.Segments, either.Token);
            lease.AddTo(reply);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested && !interrupted.IsCancellationRequested)
        {
            reply.Fail(Errno.EIO);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => reader.Dispose();

    /// <summary>Works out how much to read. When there is nothing to read, the reply is complete already.</summary>
    private bool TryStart(in ReadArguments arguments, ReadReply reply, out int length)
    {
        length = 0;
        if (browseOnly)
        {
            reply.Fail(Errno.EACCES);
            return false;
        }

        if (ended.IsCancellationRequested)
        {
            reply.Fail(Errno.EIO);
            return false;
        }

        length = (int)Math.Clamp(node.Length - arguments.Offset, 0, arguments.Size);
        return length > 0;
    }
}
