using System.Text;
using BtFs.Fuse.Replies;

namespace BtFs.Fuse.Tests;

/// <summary>A flat directory of files that programs may make, change and remove. Whoever closes one hears what the test has to say.</summary>
internal sealed class WritableFileSystem : FuseFileSystem
{
    public const ulong Folder = 2;

    private readonly Dictionary<string, ulong> _names = [];
    private readonly Dictionary<ulong, byte[]> _contents = [];
    private ulong _last = Folder;

    /// <summary>What <c>close(2)</c> answers, when it is known.</summary>
    public Task<Errno> Verdict { get; set; } = Task.FromResult(Errno.None);

    /// <summary>Longest WRITE seen, in bytes.</summary>
    public int LongestWrite { get; private set; }

    public AttributeChange LastChange { get; private set; }

    public override Errno Lookup(in Caller caller, NodeId parent, ReadOnlySpan<byte> name, out NodeEntry entry)
    {
        entry = default;
        if (name.SequenceEqual("folder"u8))
        {
            entry = new NodeEntry { Node = new NodeId(Folder), Attributes = Attributes(new NodeId(Folder)) };
            return Errno.None;
        }

        if (!_names.TryGetValue(Encoding.UTF8.GetString(name), out var node))
        {
            return Errno.ENOENT;
        }

        entry = new NodeEntry { Node = new NodeId(node), Attributes = Attributes(new NodeId(node)) };
        return Errno.None;
    }

    public override Errno GetAttributes(in Caller caller, NodeId node, out NodeAttributes attributes)
    {
        attributes = Attributes(node);
        return Errno.None;
    }

    public override Errno OpenDirectory(in Caller caller, NodeId directory, out bool keepsListing)
    {
        keepsListing = false;
        return Errno.None;
    }

    public override Errno ReadDirectory(in Caller caller, NodeId directory, ulong cookie, ref DirectoryWriter writer)
    {
        foreach (var (name, node) in _names.Where(_ => directory == NodeId.Root).OrderBy(pair => pair.Value))
        {
            var entry = new NodeEntry { Node = new NodeId(node), Attributes = Attributes(new NodeId(node)) };
            if (node > cookie && !writer.TryAdd(Encoding.UTF8.GetBytes(name), node, entry))
            {
                break;
            }
        }

        return Errno.None;
    }

    public override Errno Open(in Caller caller, NodeId node, out OpenedFile opened)
    {
        opened = new OpenedFile(node.Value, IsDirect: true);
        return Errno.None;
    }

    public override Errno OpenForWriting(in Caller caller, NodeId node, out OpenedFile opened) => Open(caller, node, out opened);

    public override Errno Create(
        in Caller caller, NodeId parent, ReadOnlySpan<byte> name, ushort permissions, out NodeEntry entry, out OpenedFile opened)
    {
        entry = default;
        opened = default;
        if (!name.EndsWith(".torrent"u8))
        {
            return Errno.EPERM;
        }

        _contents[++_last] = [];
        _names[Encoding.UTF8.GetString(name)] = _last;
        opened = new OpenedFile(_last, IsDirect: true);
        return Lookup(caller, parent, name, out entry);
    }

    public override Errno Write(in WriteArguments arguments, ReadOnlySpan<byte> bytes)
    {
        LongestWrite = Math.Max(LongestWrite, bytes.Length);
        var content = _contents[arguments.Handle];
        if (content.Length < arguments.Offset + bytes.Length)
        {
            Array.Resize(ref content, (int)arguments.Offset + bytes.Length);
        }

        bytes.CopyTo(content.AsSpan((int)arguments.Offset));
        _contents[arguments.Handle] = content;
        return Errno.None;
    }

    public override Errno SetAttributes(in Caller caller, NodeId node, in AttributeChange change, out NodeAttributes attributes)
    {
        LastChange = change;
        if (change.Size is { } size)
        {
            var content = _contents[node.Value];
            Array.Resize(ref content, (int)size);
            _contents[node.Value] = content;
        }

        attributes = Attributes(node);
        return Errno.None;
    }

    public override Errno RemoveFile(in Caller caller, NodeId parent, ReadOnlySpan<byte> name) =>
        _names.Remove(Encoding.UTF8.GetString(name)) ? Errno.None : Errno.ENOENT;

    public override async ValueTask<Errno> RemoveDirectoryAsync(Caller caller, NodeId parent, ReadOnlyMemory<byte> name) => await Verdict;

    public override async ValueTask<Errno> RenameAsync(Renaming renaming)
    {
        var to = Encoding.UTF8.GetString(renaming.NewName.Span);
        if (!renaming.MayReplace && _names.ContainsKey(to))
        {
            return Errno.EEXIST;
        }

        if (!_names.Remove(Encoding.UTF8.GetString(renaming.Name.Span), out var node))
        {
            return Errno.ENOENT;
        }

        _names[to] = node;
        return await Verdict;
    }

    public override async ValueTask<Errno> FlushAsync(Caller caller, NodeId node, ulong handle) => await Verdict;

    public override bool TryRead(in ReadArguments arguments, ReadReply reply)
    {
        var content = _contents[arguments.Handle];
        var start = (int)Math.Min(arguments.Offset, content.Length);
        reply.Add(content.AsMemory(start, Math.Min(arguments.Size, content.Length - start)));
        return true;
    }

    public override ValueTask ReadAsync(ReadArguments arguments, ReadReply reply, CancellationToken interrupted) => throw new NotSupportedException();

    private NodeAttributes Attributes(NodeId node) => new()
    {
        Inode = node.Value,
        Kind = node.Value <= Folder ? NodeKind.Directory : NodeKind.File,
        Permissions = Convert.ToUInt16(node.Value <= Folder ? "755" : "644", 8),
        Size = _contents.TryGetValue(node.Value, out var content) ? content.Length : 0,
        Links = 1,
    };
}
