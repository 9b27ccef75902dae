using BtFs.Fuse;
using BtFs.Fuse.Replies;
using BtFs.Mount.Control;

namespace BtFs.Mount.Branches.Libraries;

/// <summary>The mount point of a library: the folders of its torrents, and what is being dropped among them. The latter are nodes of its own.</summary>
/// <param name="keeper">Takes what is dropped, and removes what is removed.</param>
/// <param name="shown">Whose folder it is.</param>
/// <param name="time">Dates it.</param>
internal sealed class LibraryBranch(ILibraryKeeper keeper, TreePresentation shown, TimeProvider time) : Branch
{
    // Cookies: 1 and 2 follow the dots, then the torrents by the numbers of their branches, then the drops by theirs.
    private const ulong FirstTorrent = 2;
    private const ulong FirstDrop = 1UL << NodeBits;

    private const ushort OwnersFolder = 0x1ed; // 0755

    private readonly Lock _changing = new();
    private readonly DropBox _drops = new(keeper, time);
    private volatile LibraryListing _listing = LibraryListing.Empty(time.GetUtcNow());

    /// <inheritdoc/>
    public override bool ListingsChange => true;

    /// <inheritdoc/>
    public override int NodeCount => 1 + _drops.Count;

    /// <inheritdoc/>
    public override long TotalLength => 0;

    /// <inheritdoc/>
    public override long BytesPresent => 0;

    /// <summary>Shows a torrent's folder.</summary>
    public void Show(byte[] name, TorrentBranch torrent)
    {
        lock (_changing)
        {
            _listing = _listing.With(name, torrent, time.GetUtcNow());
        }
    }

    /// <summary>Shows it no longer.</summary>
    public void Hide(byte[] name)
    {
        lock (_changing)
        {
            _listing = _listing.Without(name, time.GetUtcNow());
        }
    }

    /// <inheritdoc/>
    public override Errno Lookup(in Caller caller, int folder, ReadOnlySpan<byte> name, out NodeEntry entry)
    {
        entry = default;
        if (folder != 0)
        {
            return Errno.ENOTDIR;
        }

        if (_listing.Find(name) is { } torrent)
        {
            // Names come and go: the kernel asks for them each time. What is below stays as long as its folder.
            entry = torrent.Top with { NameValidFor = TimeSpan.Zero };
        }
        else if (_drops.Find(name) is { } drop)
        {
            entry = EntryOf(drop);
        }
        else
        {
            return Errno.ENOENT;
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno GetAttributes(in Caller caller, int node, out NodeAttributes attributes)
    {
        attributes = default;
        if (node == 0)
        {
            attributes = Folder();
            return Errno.None;
        }

        if (_drops.Find(node) is not { } drop)
        {
            return Errno.ESTALE;
        }

        attributes = drop.AttributesFor(shown);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno ReadDirectory(in Caller caller, int folder, ulong cookie, ref DirectoryWriter writer)
    {
        if (folder != 0)
        {
            return Errno.ENOTDIR;
        }

        var self = new NodeEntry { Attributes = Folder() };
        if ((cookie < 1 && !writer.TryAdd("."u8, 1, self)) || (cookie < FirstTorrent && !writer.TryAdd(".."u8, FirstTorrent, self)))
        {
            return Errno.None;
        }

        foreach (var (name, torrent) in _listing.InOrder)
        {
            var next = FirstTorrent + (ulong)torrent.Number;
            if (next > cookie && !writer.TryAdd(name, next, torrent.Top with { NameValidFor = TimeSpan.Zero }))
            {
                return Errno.None;
            }
        }

        foreach (var drop in _drops.InOrder())
        {
            var next = FirstDrop + (ulong)drop.Number;
            if (next > cookie && !writer.TryAdd(drop.Name, next, EntryOf(drop)))
            {
                return Errno.None;
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Open(in Caller caller, int node, out IOpenedNode? file) => _drops.Open(node, forWriting: false, out file);

    /// <inheritdoc/>
    public override Errno OpenForWriting(in Caller caller, int node, out IOpenedNode? file) => _drops.Open(node, forWriting: true, out file);

    /// <inheritdoc/>
    public override Errno Create(
        in Caller caller, int folder, ReadOnlySpan<byte> name, ushort permissions, out NodeEntry entry, out IOpenedNode? file)
    {
        entry = default;
        file = null;
        if (_listing.Find(name) is not null)
        {
            return Errno.EEXIST;
        }

        var error = folder == 0 ? _drops.Create(name, permissions, out var drop, out file) : Missing(out drop);
        entry = drop is null ? default : EntryOf(drop);
        return error;
    }

    /// <inheritdoc/>
    public override Errno SetAttributes(in Caller caller, int node, in AttributeChange change, out NodeAttributes attributes)
    {
        attributes = default;
        if (node == 0)
        {
            return Errno.EPERM;
        }

        var error = _drops.Change(node, change, out var drop);
        attributes = drop?.AttributesFor(shown) ?? default;
        return error;
    }

    /// <inheritdoc/>
    public override Errno RemoveFile(in Caller caller, int folder, ReadOnlySpan<byte> name) =>
        _drops.Remove(name) ? Errno.None : Errno.ENOENT;

    /// <inheritdoc/>
    public override async ValueTask<Errno> RemoveDirectoryAsync(int folder, ReadOnlyMemory<byte> name)
    {
        if (_listing.Find(name.Span) is null)
        {
            return name.Span.SequenceEqual(ControlBranch.FolderName) ? Errno.EBUSY : _drops.Find(name.Span) is null ? Errno.ENOENT : Errno.ENOTDIR;
        }

        return await keeper.RemoveAsync(System.Text.Encoding.UTF8.GetString(name.Span)) ? Errno.None : Errno.EIO;
    }

    /// <inheritdoc/>
    public override ValueTask<Errno> RenameAsync(
        int folder, ReadOnlyMemory<byte> name, int newFolder, ReadOnlyMemory<byte> newName, bool mayReplace)
    {
        if (_listing.Find(name.Span) is not null)
        {
            return new(Errno.EPERM);
        }

        return _listing.Find(newName.Span) is null ? _drops.RenameAsync(name, newName, mayReplace) : new(Errno.EEXIST);
    }

    /// <inheritdoc/>
    public override Errno GetExtendedAttribute(in Caller caller, int node, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        var isOurs = node == 0 && (name.SequenceEqual("user.btfs.is_btfs"u8) || name.SequenceEqual("user.btfs.is_btfs_root"u8));
        return isOurs ? Errno.None : Errno.ENODATA;
    }

    /// <inheritdoc/>
    public override Errno ListExtendedAttributes(in Caller caller, int node, out ReadOnlySpan<byte> names)
    {
        names = node == 0 ? "user.btfs.is_btfs\0user.btfs.is_btfs_root\0"u8 : default;
        return Errno.None;
    }

    private static Errno Missing(out Drop? drop)
    {
        drop = null;
        return Errno.ENOTDIR;
    }

    private NodeEntry EntryOf(Drop drop) => new()
    {
        Node = IdOf(drop.Number),
        Attributes = drop.AttributesFor(shown),
        NameValidFor = DropBox.NameKept,
    };

    private NodeAttributes Folder()
    {
        var listing = _listing;
        var changed = new UnixTime(listing.ChangedAt.ToUnixTimeSeconds(), (uint)(listing.ChangedAt.Ticks % TimeSpan.TicksPerSecond * 100));
        return new NodeAttributes
        {
            Inode = InodeNumbers.Root,
            Kind = NodeKind.Directory,
            Permissions = (ushort)(OwnersFolder & ~shown.FolderMask),
            Links = 2 + (uint)listing.InOrder.Count,
            UserId = shown.UserId,
            GroupId = shown.GroupId,
            AccessTime = changed,
            ModifyTime = changed,
            ChangeTime = changed,
            ValidFor = TimeSpan.Zero,
        };
    }
}
