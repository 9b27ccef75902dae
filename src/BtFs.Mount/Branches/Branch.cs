using BtFs.Fuse;
using BtFs.Fuse.Replies;
using BtFs.Mount.Scanning;

namespace BtFs.Mount.Branches;

/// <summary>One part of a mount with nodes of its own, numbered from 0 for its top folder: a torrent, say. Safe from any thread; answers from memory.</summary>
internal abstract class Branch
{
    /// <summary>Bits of a <see cref="NodeId"/> that number the nodes within a branch.</summary>
    public const int NodeBits = 40;

    /// <summary>The branch whose top folder is the mount point.</summary>
    public const int Root = 0;

    /// <summary>Which branch of its mount this is. Never given to another one while the mount lives.</summary>
    public int Number { get; internal set; }

    /// <summary>Who scans the mount; null outside of one.</summary>
    public ScanLedger? Scans { get; internal set; }

    /// <summary>How many nodes there are, for <c>df -i</c>.</summary>
    public abstract int NodeCount { get; }

    /// <summary>Bytes of its files together.</summary>
    public abstract long TotalLength { get; }

    /// <summary>Bytes of its files that are here.</summary>
    public abstract long BytesPresent { get; }

    /// <inheritdoc cref="FuseFileSystem.Lookup"/>
    public abstract Errno Lookup(in Caller caller, int folder, ReadOnlySpan<byte> name, out NodeEntry entry);

    /// <inheritdoc cref="FuseFileSystem.GetAttributes"/>
    public abstract Errno GetAttributes(in Caller caller, int node, out NodeAttributes attributes);

    /// <inheritdoc cref="FuseFileSystem.ReadDirectory"/>
    public abstract Errno ReadDirectory(in Caller caller, int folder, ulong cookie, ref DirectoryWriter writer);

    /// <inheritdoc cref="FuseFileSystem.ReadLink"/>
    public virtual Errno ReadLink(in Caller caller, int node, out ReadOnlySpan<byte> target)
    {
        target = default;
        return Errno.EINVAL;
    }

    /// <summary>Begins an opening of a file.</summary>
    /// <param name="caller">Who opens it.</param>
    /// <param name="node">The file.</param>
    /// <param name="file">Closed by <see cref="IDisposable.Dispose"/>.</param>
    public abstract Errno Open(in Caller caller, int node, out IOpenedNode? file);

    /// <summary>Whether names come and go in its folders, so that the kernel must not list them from memory.</summary>
    public virtual bool ListingsChange => false;

    /// <summary>Begins an opening of a file that is to be written.</summary>
    /// <inheritdoc cref="Open"/>
    public virtual Errno OpenForWriting(in Caller caller, int node, out IOpenedNode? file)
    {
        file = null;
        return Errno.EROFS;
    }

    /// <summary>Makes a file and begins an opening of it.</summary>
    public virtual Errno Create(
        in Caller caller, int folder, ReadOnlySpan<byte> name, ushort permissions, out NodeEntry entry, out IOpenedNode? file)
    {
        entry = default;
        file = null;
        return Errno.EROFS;
    }

    /// <inheritdoc cref="FuseFileSystem.SetAttributes"/>
    public virtual Errno SetAttributes(in Caller caller, int node, in AttributeChange change, out NodeAttributes attributes)
    {
        attributes = default;
        return Errno.EROFS;
    }

    /// <inheritdoc cref="FuseFileSystem.RemoveFile"/>
    public virtual Errno RemoveFile(in Caller caller, int folder, ReadOnlySpan<byte> name) => Errno.EROFS;

    /// <inheritdoc cref="FuseFileSystem.RemoveDirectoryAsync"/>
    public virtual ValueTask<Errno> RemoveDirectoryAsync(int folder, ReadOnlyMemory<byte> name) => new(Errno.EROFS);

    /// <summary>Renames a file within a folder.</summary>
    public virtual ValueTask<Errno> RenameAsync(int folder, ReadOnlyMemory<byte> name, int newFolder, ReadOnlyMemory<byte> newName, bool mayReplace) =>
        new(Errno.EROFS);

    /// <inheritdoc cref="FuseFileSystem.GetExtendedAttribute"/>
    public virtual Errno GetExtendedAttribute(in Caller caller, int node, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        return Errno.ENODATA;
    }

    /// <inheritdoc cref="FuseFileSystem.ListExtendedAttributes"/>
    public virtual Errno ListExtendedAttributes(in Caller caller, int node, out ReadOnlySpan<byte> names)
    {
        names = default;
        return Errno.None;
    }

    /// <summary>The kernel's name for a node of this branch.</summary>
    protected NodeId IdOf(int node) => IdOf(Number, node);

    /// <summary>The kernel's name for a node.</summary>
    internal static NodeId IdOf(int branch, int node) => new(NodeId.Root.Value + ((ulong)branch << NodeBits) + (ulong)node);

    /// <summary>Which node the kernel means.</summary>
    internal static (int Branch, int Node) Of(NodeId id)
    {
        var number = unchecked(id.Value - NodeId.Root.Value);
        var branch = number >> NodeBits;
        var node = number & ((1UL << NodeBits) - 1);
        return branch <= int.MaxValue && node <= int.MaxValue ? ((int)branch, (int)node) : (-1, -1);
    }
}
