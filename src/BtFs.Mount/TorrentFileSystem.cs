using BtFs.Engine;
using BtFs.Fuse;
using BtFs.Fuse.Replies;

namespace BtFs.Mount;

/// <summary>A torrent, as the kernel sees it. Names and attributes come from the tree at once; only content may have to wait for the swarm.</summary>
/// <remarks>Safe from any thread. Dispose it after the mount is gone.</remarks>
public sealed class TorrentFileSystem : FuseFileSystem, IDisposable
{
    // The cookie of a directory entry is its place in the list, with "." and ".." in front.
    private const ulong FirstChild = 2;

    private readonly FileTree _tree;
    private readonly ITorrentContent _content;
    private readonly TreePresentation _shown;
    private readonly NodeStat _stat;
    private readonly OpenFiles _open = new();
    private readonly SegmentPool _segments = new();
    private readonly TimeProvider _time;
    private TimeSpan? _answerWithin;

    /// <param name="tree">Laid out from <paramref name="content"/>'s info dictionary.</param>
    /// <param name="content">Gives the bytes.</param>
    /// <param name="shown">Whose files these are.</param>
    /// <param name="time">Measures the bound that the kernel may set for answers.</param>
    public TorrentFileSystem(FileTree tree, ITorrentContent content, TreePresentation shown, TimeProvider time)
    {
        _time = time;
        _tree = tree;
        _content = content;
        _shown = shown;
        _stat = new NodeStat(content, shown);
    }

    /// <inheritdoc/>
    public override void Started(FuseConnection connection) => _answerWithin = connection.AnswerWithin;

    /// <inheritdoc/>
    public override Errno Lookup(in Caller caller, NodeId parent, ReadOnlySpan<byte> name, out NodeEntry entry)
    {
        entry = default;
        if (!TryFind(parent, out var folder))
        {
            return Errno.ESTALE;
        }

        if (folder.Kind != NodeKind.Directory)
        {
            return Errno.ENOTDIR;
        }

        entry = folder.Find(name) is { } node ? EntryOf(node) : NodeEntry.Missing(NodeStat.Settled);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno GetAttributes(in Caller caller, NodeId node, out NodeAttributes attributes)
    {
        attributes = default;
        if (!TryFind(node, out var found))
        {
            return Errno.ESTALE;
        }

        attributes = _stat.Of(found);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno ReadDirectory(in Caller caller, NodeId directory, ulong cookie, ref DirectoryWriter writer)
    {
        if (!TryFind(directory, out var folder))
        {
            return Errno.ESTALE;
        }

        if (folder.Kind != NodeKind.Directory)
        {
            return Errno.ENOTDIR;
        }

        for (var place = cookie; place < FirstChild + (ulong)folder.Children.Count; place++)
        {
            var taken = place switch
            {
                0 => writer.TryAdd("."u8, 1, NameOnly(folder)),
                1 => writer.TryAdd(".."u8, 2, NameOnly(folder.Parent)),
                _ => TryAdd(folder.Children[(int)(place - FirstChild)], place + 1, ref writer),
            };
            if (!taken)
            {
                break;
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno ReadLink(in Caller caller, NodeId node, out ReadOnlySpan<byte> target)
    {
        target = default;
        if (!TryFind(node, out var link))
        {
            return Errno.ESTALE;
        }

        target = link.Target;
        return link.Kind == NodeKind.SymbolicLink ? Errno.None : Errno.EINVAL;
    }

    /// <inheritdoc/>
    public override Errno Open(in Caller caller, NodeId node, out OpenedFile opened)
    {
        opened = default;
        if (!TryFind(node, out var file))
        {
            return Errno.ESTALE;
        }

        if (file.Kind != NodeKind.File)
        {
            return file.Kind == NodeKind.Directory ? Errno.EISDIR : Errno.ELOOP;
        }

        var style = ScanningPrograms.Include(caller) ? ReadingStyle.Sampling : ReadingStyle.Following;
        if (!_open.TryOpen(file, _content, style, out var handle))
        {
            return Errno.EMFILE;
        }

        opened = new OpenedFile(handle);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override void Release(NodeId node, ulong handle) => _open.Close(handle);

    /// <inheritdoc/>
    public override bool TryRead(in ReadArguments arguments, ReadReply reply)
    {
        if (!TryStartRead(arguments, reply, out var file, out var length))
        {
            return true;
        }

        var lease = _segments.Rent();
        reply.DisposeWhenSent(lease);
        if (!file.Reader.TryRead(arguments.Offset, length, lease.Segments))
        {
            return false;
        }

        lease.AddTo(reply);
        return true;
    }

    /// <inheritdoc/>
    public override async ValueTask ReadAsync(ReadArguments arguments, ReadReply reply, CancellationToken interrupted)
    {
        if (!TryStartRead(arguments, reply, out var file, out var length))
        {
            return;
        }

        var lease = _segments.Rent();
        reply.DisposeWhenSent(lease);
        using var late = _answerWithin is { } bound ? new CancellationTokenSource(bound, _time) : null;
        using var either = late is null ? null : CancellationTokenSource.CreateLinkedTokenSource(interrupted, late.Token);
        try
        {
            await file.Reader.ReadAsync(arguments.Offset, length, lease.Segments, either?.Token ?? interrupted);
            lease.AddTo(reply);
        }
        catch (OperationCanceledException) when (late is { IsCancellationRequested: true } && !interrupted.IsCancellationRequested)
        {
            // The kernel would end the whole mount for one answer that comes too late.
            reply.Fail(Errno.EIO);
        }
    }

    /// <inheritdoc/>
    public override Errno GetStatistics(in Caller caller, out FileSystemStatistics statistics)
    {
        var usual = new FileSystemStatistics();
        var blocks = BlocksOf(_tree.TotalLength, usual.BlockSize);
        statistics = usual with
        {
            Blocks = blocks,

            // What is still missing is not used; but nobody may fill it, so none of it is available.
            FreeBlocks = blocks - BlocksOf(_stat.BytesPresent(_tree), usual.BlockSize),
            Files = (ulong)_tree.Nodes.Count,
            MaxNameLength = FileNames.LongestName,
        };
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno GetExtendedAttribute(in Caller caller, NodeId node, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryFind(node, out var found))
        {
            return Errno.ESTALE;
        }

        if (TorrentAttributes.ValueOf(found, name, _content) is not { } held)
        {
            return Errno.ENODATA;
        }

        value = held;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno ListExtendedAttributes(in Caller caller, NodeId node, out ReadOnlySpan<byte> names)
    {
        names = default;
        if (!TryFind(node, out var found))
        {
            return Errno.ESTALE;
        }

        names = TorrentAttributes.NamesOf(found);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno ErrnoFor(Exception exception) => ErrnoMap.Of(exception);

    /// <summary>Closes what programs still had open.</summary>
    public void Dispose() => _open.Dispose();

    /// <summary>Works out how much to read. When there is nothing to read, the reply is complete already.</summary>
    private bool TryStartRead(in ReadArguments arguments, ReadReply reply, out OpenFile file, out int length)
    {
        length = 0;
        if (!_open.TryGet(arguments.Handle, out file!))
        {
            reply.Fail(Errno.EBADF);
            return false;
        }

        if (_shown.BrowseOnly)
        {
            reply.Fail(Errno.EACCES);
            return false;
        }

        length = (int)Math.Clamp(file.Node.Length - arguments.Offset, 0, arguments.Size);
        return length > 0;
    }

    private bool TryAdd(FileNode node, ulong nextCookie, ref DirectoryWriter writer) =>
        writer.TryAdd(node.Name, nextCookie, writer.WithAttributes ? EntryOf(node) : NameOnly(node));

    private NodeEntry EntryOf(FileNode node) => new()
    {
        Node = IdOf(node),
        Attributes = _stat.Of(node),
        NameValidFor = NodeStat.Settled,
    };

    private static ulong BlocksOf(long bytes, uint blockSize) => ((ulong)bytes + blockSize - 1) / blockSize;

    private static NodeEntry NameOnly(FileNode node) => new()
    {
        Attributes = new NodeAttributes { Inode = node.Inode, Kind = node.Kind, Permissions = 0 },
    };

    private static NodeId IdOf(FileNode node) => new(NodeId.Root.Value + (ulong)node.Number);

    private bool TryFind(NodeId id, out FileNode node)
    {
        var number = unchecked(id.Value - NodeId.Root.Value);
        node = number < (ulong)_tree.Nodes.Count ? _tree.Nodes[(int)number] : _tree.Root;
        return number < (ulong)_tree.Nodes.Count;
    }
}
