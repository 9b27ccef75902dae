using BtFs.Fuse;
using BtFs.Fuse.Replies;

namespace BtFs.Mount.Branches.Libraries;

/// <summary>The folder <c>.btfs</c>: the owner's alone, and reached only by its name.</summary>
internal sealed class ControlFolder(ControlFile control, TreePresentation shown) : Branch
{
    private const int Folder = 0;
    private const int Control = 1;
    private const ushort OwnersFolder = 0x140; // 0500
    private const ushort OwnersFile = 0x180; // 0600

    // Far from the hashes by which torrents' files are numbered, as far as 64 bits go.
    private const ulong FirstInode = 1UL << 63;

    /// <inheritdoc/>
    public override int NodeCount => 2;

    /// <inheritdoc/>
    public override long TotalLength => 0;

    /// <inheritdoc/>
    public override long BytesPresent => 0;

    /// <summary>The folder itself, for the folder that it hangs from.</summary>
    public NodeEntry Top => EntryOf(Folder);

    /// <inheritdoc/>
    public override Errno Lookup(in Caller caller, int folder, ReadOnlySpan<byte> name, out NodeEntry entry)
    {
        var isControl = folder == Folder && name.SequenceEqual(ControlFile.Name);
        entry = isControl ? EntryOf(Control) : default;
        return isControl ? Errno.None : Errno.ENOENT;
    }

    /// <inheritdoc/>
    public override Errno GetAttributes(in Caller caller, int node, out NodeAttributes attributes)
    {
        attributes = AttributesOf(node);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno ReadDirectory(in Caller caller, int folder, ulong cookie, ref DirectoryWriter writer)
    {
        _ = (cookie > 0 || writer.TryAdd("."u8, 1, EntryOf(Folder)))
            && (cookie > 1 || writer.TryAdd(".."u8, 2, EntryOf(Folder)))
            && (cookie > 2 || writer.TryAdd(ControlFile.Name, 3, EntryOf(Control)));
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Open(in Caller caller, int node, out IOpenedNode? file) => OpenForWriting(caller, node, out file);

    /// <inheritdoc/>
    public override Errno OpenForWriting(in Caller caller, int node, out IOpenedNode? file)
    {
        file = null;
        if (node != Control)
        {
            return Errno.EISDIR;
        }

        // The kernel looks at modes only where others are let in; root may look anywhere.
        if (caller.UserId != shown.UserId && caller.UserId != 0)
        {
            return Errno.EACCES;
        }

        file = control.Open();
        return Errno.None;
    }

    /// <summary>A shell truncates what it writes to; there is nothing to truncate.</summary>
    public override Errno SetAttributes(in Caller caller, int node, in AttributeChange change, out NodeAttributes attributes)
    {
        attributes = AttributesOf(node);
        return node == Control && change is { Permissions: null, UserId: null, GroupId: null } ? Errno.None : Errno.EPERM;
    }

    private NodeEntry EntryOf(int node) => new() { Node = IdOf(node), Attributes = AttributesOf(node) };

    private NodeAttributes AttributesOf(int node) => new()
    {
        Inode = FirstInode + (ulong)node,
        Kind = node == Folder ? NodeKind.Directory : NodeKind.File,
        Permissions = node == Folder ? OwnersFolder : OwnersFile,
        Links = node == Folder ? 2u : 1u,
        UserId = shown.UserId,
        GroupId = shown.GroupId,
    };
}
