using System.Text;
using BtFs.Fuse;
using BtFs.Fuse.Replies;
using BtFs.Mount.Branches;

namespace BtFs.Mount.Control;

/// <summary>The <c>.btfs</c> folder at the root of a mount: found by name, never listed there, and for the owner of the mount alone.</summary>
/// <remarks>Not listed, so that nobody who copies or scans the mount comes upon it. Root may look, too.</remarks>
/// <param name="entries">What is in it.</param>
/// <param name="shown">Whose it is.</param>
/// <param name="time">The clock: its files are always as old as the question.</param>
internal sealed class ControlBranch(IReadOnlyList<IControlEntry> entries, TreePresentation shown, TimeProvider time) : Branch
{
    private const ushort OwnerMayEnter = 0x140; // 0500
    private const ulong FirstEntry = 2;

    // Far from zero, where no other file system would number from, and within 63 bits.
    private const ulong FirstInode = 0x6274_6673_0000_0000;

    /// <summary>The name of the folder.</summary>
    public const string FolderNameText = ".btfs";

    /// <inheritdoc cref="FolderNameText"/>
    public static ReadOnlySpan<byte> FolderName => ".btfs"u8;

    /// <summary>The folder, for who looks it up in the root.</summary>
    public NodeEntry Top => new() { Node = IdOf(0), Attributes = Folder, NameValidFor = NodeStat.Settled };

    /// <inheritdoc/>
    public override int NodeCount => 0;

    /// <inheritdoc/>
    public override long TotalLength => 0;

    /// <inheritdoc/>
    public override long BytesPresent => 0;

    private NodeAttributes Folder => Dated(new NodeAttributes { Inode = FirstInode, Kind = NodeKind.Directory, Permissions = OwnerMayEnter, Links = 2 });

    /// <inheritdoc/>
    public override Errno Lookup(in Caller caller, int folder, ReadOnlySpan<byte> name, out NodeEntry entry)
    {
        entry = default;
        if (folder != 0)
        {
            return Errno.ENOTDIR;
        }

        if (!MayEnter(caller))
        {
            return Errno.EACCES;
        }

        for (var i = 0; i < entries.Count; i++)
        {
            if (Ascii.Equals(entries[i].Name, name))
            {
                entry = EntryOf(i);
                return Errno.None;
            }
        }

        return Errno.ENOENT;
    }

    /// <inheritdoc/>
    public override Errno GetAttributes(in Caller caller, int node, out NodeAttributes attributes)
    {
        attributes = node == 0 ? Folder : node <= entries.Count ? FileOf(node - 1) : default;
        return node <= entries.Count ? Errno.None : Errno.ESTALE;
    }

    /// <inheritdoc/>
    public override Errno ReadDirectory(in Caller caller, int folder, ulong cookie, ref DirectoryWriter writer)
    {
        if (folder != 0)
        {
            return Errno.ENOTDIR;
        }

        if (!MayEnter(caller))
        {
            return Errno.EACCES;
        }

        for (var place = cookie; place < FirstEntry + (ulong)entries.Count; place++)
        {
            var taken = place switch
            {
                0 => writer.TryAdd("."u8, 1, new NodeEntry { Attributes = Folder }),
                1 => writer.TryAdd(".."u8, 2, new NodeEntry { Attributes = new NodeAttributes { Inode = InodeNumbers.Root, Kind = NodeKind.Directory, Permissions = 0 } }),
                _ => TryAdd((int)(place - FirstEntry), place + 1, ref writer),
            };
            if (!taken)
            {
                break;
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Open(in Caller caller, int node, out IOpenedNode? file) => Open(caller, node, forWriting: false, out file);

    /// <inheritdoc/>
    public override Errno OpenForWriting(in Caller caller, int node, out IOpenedNode? file) => Open(caller, node, forWriting: true, out file);

    /// <summary>A shell truncates what it writes to; there is nothing to truncate.</summary>
    public override Errno SetAttributes(in Caller caller, int node, in AttributeChange change, out NodeAttributes attributes)
    {
        var error = GetAttributes(caller, node, out attributes);
        var isTaken = node > 0 && node <= entries.Count && change is { Permissions: null, UserId: null, GroupId: null } && entries[node - 1].IsWritable;
        return error != Errno.None || isTaken ? error : Errno.EPERM;
    }

    private Errno Open(in Caller caller, int node, bool forWriting, out IOpenedNode? file)
    {
        file = null;
        if (node == 0 || node > entries.Count)
        {
            return node == 0 ? Errno.EISDIR : Errno.ESTALE;
        }

        // Whatever the kernel remembers of names, and whether it was told to check modes or not.
        if (!MayEnter(caller))
        {
            return Errno.EACCES;
        }

        if (forWriting && !entries[node - 1].IsWritable)
        {
            return Errno.EACCES;
        }

        file = entries[node - 1].Open(caller);
        return Errno.None;
    }

    private bool MayEnter(in Caller caller) => caller.UserId == shown.UserId || caller.UserId == 0;

    private bool TryAdd(int number, ulong nextCookie, ref DirectoryWriter writer) =>
        writer.TryAdd(Encoding.ASCII.GetBytes(entries[number].Name), nextCookie, writer.WithAttributes ? EntryOf(number) : new NodeEntry { Attributes = FileOf(number) });

    private NodeEntry EntryOf(int number) => new() { Node = IdOf(number + 1), Attributes = FileOf(number), NameValidFor = NodeStat.Settled };

    // The length is told by reading, as in /proc: it is another one each time.
    private NodeAttributes FileOf(int number) =>
        Dated(new NodeAttributes { Inode = FirstInode + 1 + (ulong)number, Kind = NodeKind.File, Permissions = entries[number].Permissions, Links = 1 });

    private NodeAttributes Dated(NodeAttributes attributes)
    {
        var now = new UnixTime(time.GetUtcNow().ToUnixTimeSeconds());
        return attributes with { UserId = shown.UserId, GroupId = shown.GroupId, AccessTime = now, ModifyTime = now, ChangeTime = now };
    }
}
