using BtFs.Engine;
using BtFs.Fuse;
using BtFs.Fuse.Replies;
using BtFs.Mount.Scanning;

namespace BtFs.Mount.Branches;

/// <summary>A torrent. Names and attributes come from the tree at once; only content may have to wait for the swarm.</summary>
/// <param name="tree">Laid out from <paramref name="content"/>'s info dictionary.</param>
/// <param name="content">Gives the bytes.</param>
/// <param name="shown">Whose files these are.</param>
/// <param name="ended">The torrent is no longer part of the mount: what waits for its bytes fails, and so does what is read from now on.</param>
internal sealed class TorrentBranch(FileTree tree, ITorrentContent content, TreePresentation shown, CancellationToken ended = default) : Branch
{
    // The cookie of a directory entry is its place in the list, with "." and ".." in front.
    private const ulong FirstChild = 2;

    /// <summary>The folder that a branch hangs from, as far as the name <c>..</c> tells of it.</summary>
    private static readonly NodeEntry Above = new()
    {
        Attributes = new NodeAttributes { Inode = InodeNumbers.Root, Kind = NodeKind.Directory, Permissions = 0 },
    };

    private readonly NodeStat _stat = new(content, shown);
    private readonly SegmentPool _segments = new();

    /// <inheritdoc/>
    public override int NodeCount => tree.Nodes.Count;

    /// <inheritdoc/>
    public override long TotalLength => tree.TotalLength;

    /// <inheritdoc/>
    public override long BytesPresent => _stat.BytesPresent(tree);

    /// <summary>The top folder, for the folder that it hangs from.</summary>
    public NodeEntry Top => EntryOf(tree.Root);

    /// <inheritdoc/>
    public override Errno Lookup(in Caller caller, int folder, ReadOnlySpan<byte> name, out NodeEntry entry)
    {
        entry = default;
        if (!TryFind(folder, out var parent))
        {
            return Errno.ESTALE;
        }

        if (parent.Kind != NodeKind.Directory)
        {
            return Errno.ENOTDIR;
        }

        entry = parent.Find(name) is { } node ? EntryOf(node) : NodeEntry.Missing(NodeStat.Settled);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno GetAttributes(in Caller caller, int node, out NodeAttributes attributes)
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
    public override Errno ReadDirectory(in Caller caller, int folder, ulong cookie, ref DirectoryWriter writer)
    {
        if (!TryFind(folder, out var parent))
        {
            return Errno.ESTALE;
        }

        if (parent.Kind != NodeKind.Directory)
        {
            return Errno.ENOTDIR;
        }

        for (var place = cookie; place < FirstChild + (ulong)parent.Children.Count; place++)
        {
            var taken = place switch
            {
                0 => writer.TryAdd("."u8, 1, NameOnly(parent)),
                1 => writer.TryAdd(".."u8, 2, parent.Number == 0 ? Above : NameOnly(parent.Parent)),
                _ => TryAdd(parent.Children[(int)(place - FirstChild)], place + 1, ref writer),
            };
            if (!taken)
            {
                break;
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno ReadLink(in Caller caller, int node, out ReadOnlySpan<byte> target)
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
    public override Errno Open(in Caller caller, int node, out IOpenedNode? file)
    {
        file = null;
        if (!TryFind(node, out var found))
        {
            return Errno.ESTALE;
        }

        if (found.Kind != NodeKind.File)
        {
            return found.Kind == NodeKind.Directory ? Errno.EISDIR : Errno.ELOOP;
        }

        var label = ReaderProgram.Of(caller, found);
        var account = Scans?.AccountOf(caller);
        switch (account?.Open())
        {
            case ScannerState.Denied:
                return Errno.EACCES;
            case null or ScannerState.Allowed:
                file = new OpenedTorrentFile(found, content.OpenReader(found.File, label: label), _segments, shown.BrowseOnly, ended);
                return Errno.None;
        }

        var (branch, pieceLength) = (Number, content.Info.PieceLength);
        var reader = content.OpenReader(found.File, ReadingStyle.Sampling, bytes => account.MayFetch(branch, found, pieceLength, bytes), label);
        file = new OpenedTorrentFile(found, reader, _segments, shown.BrowseOnly, ended, account);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno GetExtendedAttribute(in Caller caller, int node, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryFind(node, out var found))
        {
            return Errno.ESTALE;
        }

        if (TorrentAttributes.ValueOf(found, name, content) is not { } held)
        {
            return Errno.ENODATA;
        }

        value = held;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno ListExtendedAttributes(in Caller caller, int node, out ReadOnlySpan<byte> names)
    {
        names = default;
        if (!TryFind(node, out var found))
        {
            return Errno.ESTALE;
        }

        names = TorrentAttributes.NamesOf(found);
        return Errno.None;
    }

    private bool TryAdd(FileNode node, ulong nextCookie, ref DirectoryWriter writer) =>
        writer.TryAdd(node.Name, nextCookie, writer.WithAttributes ? EntryOf(node) : NameOnly(node));

    private NodeEntry EntryOf(FileNode node) => new()
    {
        Node = IdOf(node.Number),
        Attributes = _stat.Of(node),
        NameValidFor = NodeStat.Settled,
    };

    private static NodeEntry NameOnly(FileNode node) => new()
    {
        Attributes = new NodeAttributes { Inode = node.Inode, Kind = node.Kind, Permissions = 0 },
    };

    private bool TryFind(int number, out FileNode node)
    {
        var exists = number < tree.Nodes.Count;
        node = exists ? tree.Nodes[number] : tree.Root;
        return exists;
    }
}
