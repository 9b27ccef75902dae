using BtFs.Fuse.Replies;

namespace BtFs.Fuse;

/// <summary>A file system, as the kernel asks about it. Derive from this, override what there is, and hand it to <see cref="Mounting.FuseMount"/>.</summary>
/// <remarks>
/// <para>Everything, the start of what returns a task included, is called on the thread that reads the kernel's requests and holds up all others: answer from memory,
/// never wait. With four or more cores there are two such threads, so members must be safe to call concurrently.</para>
/// <para>Names are bytes without a terminating zero, as the kernel has them; nothing promises that they are UTF-8. What is not overridden answers
/// <see cref="Errno.ENOSYS"/>, after which the kernel stops asking; everything that would change the file system is answered
/// <see cref="Errno.EROFS"/>, before it gets here unless <see cref="Mounting.FuseMountOptions.Writable"/> is set. An exception is mapped by
/// <see cref="ErrnoFor"/> and never ends the mount.</para>
/// </remarks>
public abstract class FuseFileSystem
{
    /// <summary>Called once, before the first request, with what was agreed with the kernel.</summary>
    public virtual void Started(FuseConnection connection)
    {
    }

    /// <summary>Finds a name in a directory.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="parent">The directory.</param>
    /// <param name="name">One path component.</param>
    /// <param name="entry">What it leads to. Each success counts as one lookup that <see cref="Forget"/> gives back some day.</param>
    /// <returns><see cref="Errno.None"/>; <see cref="Errno.ENOENT"/>, or success with <see cref="NodeEntry.Missing"/>, if there is no such name.</returns>
    public abstract Errno Lookup(in Caller caller, NodeId parent, ReadOnlySpan<byte> name, out NodeEntry entry);

    /// <summary>Attributes of a node that was looked up before.</summary>
    public abstract Errno GetAttributes(in Caller caller, NodeId node, out NodeAttributes attributes);

    /// <summary>Lists a directory from a cookie on, until <paramref name="writer"/> is full or the directory ends.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="cookie">0 for the start, else the cookie given with the last entry that was taken. Must stay valid while the mount lives.</param>
    /// <param name="writer">Takes the entries, <c>.</c> and <c>..</c> among them.</param>
    public abstract Errno ReadDirectory(in Caller caller, NodeId directory, ulong cookie, ref DirectoryWriter writer);

    /// <summary>Begins a listing.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="keepsListing">Whether the kernel may list it from memory another time: not where names come and go.</param>
    /// <returns><see cref="Errno.ENOSYS"/>, also the answer if this is not overridden: the kernel keeps every listing and does not ask again.</returns>
    public virtual Errno OpenDirectory(in Caller caller, NodeId directory, out bool keepsListing)
    {
        keepsListing = true;
        return Errno.ENOSYS;
    }

    /// <summary>Where a symbolic link points.</summary>
    public virtual Errno ReadLink(in Caller caller, NodeId node, out ReadOnlySpan<byte> target)
    {
        target = default;
        return Errno.EINVAL;
    }

    /// <summary>Opens a file for reading.</summary>
    public abstract Errno Open(in Caller caller, NodeId node, out OpenedFile opened);

    /// <summary>Opens a file for writing, or for both. What is to be truncated was so by <see cref="SetAttributes"/>.</summary>
    public virtual Errno OpenForWriting(in Caller caller, NodeId node, out OpenedFile opened)
    {
        opened = default;
        return Errno.EROFS;
    }

    /// <summary>Makes a file and opens it.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="parent">The directory.</param>
    /// <param name="name">One path component, which the kernel found missing a moment ago.</param>
    /// <param name="permissions">The low twelve bits of its mode.</param>
    /// <param name="entry">What was made; counts as one lookup.</param>
    /// <param name="opened">Its opening.</param>
    public virtual Errno Create(
        in Caller caller, NodeId parent, ReadOnlySpan<byte> name, ushort permissions, out NodeEntry entry, out OpenedFile opened)
    {
        entry = default;
        opened = default;
        return Errno.EROFS;
    }

    /// <summary>Writes into a file: all of the bytes, or an error.</summary>
    public virtual Errno Write(in WriteArguments arguments, ReadOnlySpan<byte> bytes) => Errno.EROFS;

    /// <summary>Changes attributes of a node, its length among them.</summary>
    public virtual Errno SetAttributes(in Caller caller, NodeId node, in AttributeChange change, out NodeAttributes attributes)
    {
        attributes = default;
        return Errno.EROFS;
    }

    /// <summary>Takes the name of a file away; whoever has it open keeps it.</summary>
    public virtual Errno RemoveFile(in Caller caller, NodeId parent, ReadOnlySpan<byte> name) => Errno.EROFS;

    /// <summary>Takes a directory away. Whether it has to be empty is for the file system to say.</summary>
    /// <returns>Its caller waits for as long as it takes, and no signal wakes it.</returns>
    public virtual ValueTask<Errno> RemoveDirectoryAsync(Caller caller, NodeId parent, ReadOnlyMemory<byte> name) => new(Errno.EROFS);

    /// <summary>Renames a file or directory.</summary>
    /// <returns>Its caller waits for as long as it takes, and no signal wakes it.</returns>
    public virtual ValueTask<Errno> RenameAsync(Renaming renaming) => new(Errno.EROFS);

    /// <summary>Somebody closed a descriptor of this opening, or died. The only word about a reader that was killed while it waited; its read goes on.</summary>
    /// <returns>What <c>close(2)</c> answers. Its caller waits for as long as it takes, and no signal wakes it.</returns>
    public virtual ValueTask<Errno> FlushAsync(Caller caller, NodeId node, ulong handle) => new(Errno.None);

    /// <summary>The last descriptor of this opening is closed and its reads are answered. Not called for what is open when the mount ends.</summary>
    public virtual void Release(NodeId node, ulong handle)
    {
    }

    /// <summary>The kernel gives back <paramref name="count"/> lookups of a node. A file system whose nodes never go away need not care.</summary>
    public virtual void Forget(NodeId node, ulong count)
    {
    }

    /// <summary>Totals for <c>df</c>.</summary>
    public virtual Errno GetStatistics(in Caller caller, out FileSystemStatistics statistics)
    {
        statistics = new FileSystemStatistics();
        return Errno.None;
    }

    /// <summary>Value of an extended attribute.</summary>
    /// <returns><see cref="Errno.ENODATA"/> if there is none of that name; <c>ls -l</c> asks for two or three per file that hardly anybody has.</returns>
    public virtual Errno GetExtendedAttribute(in Caller caller, NodeId node, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        return Errno.ENODATA;
    }

    /// <summary>Names of a node's extended attributes, each ended by a zero byte.</summary>
    public virtual Errno ListExtendedAttributes(in Caller caller, NodeId node, out ReadOnlySpan<byte> names)
    {
        names = default;
        return Errno.None;
    }

    /// <summary>Answers a read whose bytes are at hand; called first for every read.</summary>
    /// <param name="arguments">Which bytes. The answer is exactly min(size, end of file − offset) bytes: fewer would tell all readers that the file ends there.</param>
    /// <param name="reply">Takes the bytes or an error.</param>
    /// <returns><see langword="false"/> to have <see cref="ReadAsync"/> called; what <paramref name="reply"/> took is then given back.</returns>
    public virtual bool TryRead(in ReadArguments arguments, ReadReply reply) => false;

    /// <summary>Answers a read that has to wait. Starts on the thread of the requests, so wait only by <see langword="await"/>.</summary>
    /// <param name="arguments">As for <see cref="TryRead"/>.</param>
    /// <param name="reply">Takes the bytes or an error, from one thread at a time, until the returned task completes.</param>
    /// <param name="interrupted">Nobody waits any longer: the reader was killed, or the mount is going away.</param>
    public abstract ValueTask ReadAsync(ReadArguments arguments, ReadReply reply, CancellationToken interrupted);

    /// <summary>The error a program sees for an exception thrown here.</summary>
    /// <returns><see cref="Errno.None"/> for an exception that is not foreseen: it becomes <see cref="Errno.EIO"/> and is logged with its stack trace.</returns>
    public virtual Errno ErrnoFor(Exception exception) => Errno.None;
}
