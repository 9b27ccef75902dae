using System.Text;
using BtFs.Fuse.Replies;

namespace BtFs.Fuse.Tests;

/// <summary>A flat directory of files in memory. Files may be made to stall: their reads wait until the test lets them go.</summary>
internal sealed class MemoryFileSystem : FuseFileSystem
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private readonly List<(byte[] Name, ReadOnlyMemory<byte> Content, bool Stalls, bool IsDirect)> _files = [];
    private readonly Dictionary<string, int> _byName = [];
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _flushes;
    private int _opens;
    private int _releases;
    private int _cancelled;

    public FuseConnection? Connection { get; private set; }

    public int Flushes => _flushes;

    public int Opens => _opens;

    public int Releases => _releases;

    /// <summary>Waiting reads whose token was cancelled.</summary>
    public int Cancelled => _cancelled;

    public MemoryFileSystem Add(string name, ReadOnlyMemory<byte> content, bool stalls = false)
    {
        _byName[name] = _files.Count;
        _files.Add((Encoding.UTF8.GetBytes(name), content, stalls, IsDirect: false));
        return this;
    }

    /// <summary>A file that says it is empty, whose content shows when it is read.</summary>
    public MemoryFileSystem AddOfUnknownLength(string name, ReadOnlyMemory<byte> content, bool stalls = false)
    {
        _byName[name] = _files.Count;
        _files.Add((Encoding.UTF8.GetBytes(name), content, stalls, IsDirect: true));
        return this;
    }

    /// <summary>Lets all waiting reads go on.</summary>
    public void Release() => _released.TrySetResult();

    public override void Started(FuseConnection connection) => Connection = connection;

    public override Errno Lookup(in Caller caller, NodeId parent, ReadOnlySpan<byte> name, out NodeEntry entry)
    {
        entry = default;
        if (parent != NodeId.Root)
        {
            return Errno.ENOTDIR;
        }

        if (!_byName.TryGetValue(Encoding.UTF8.GetString(name), out var index))
        {
            return Errno.ENOENT;
        }

        entry = Entry(index);
        return Errno.None;
    }

    public override Errno GetAttributes(in Caller caller, NodeId node, out NodeAttributes attributes)
    {
        attributes = default;
        if (node == NodeId.Root)
        {
            attributes = Attributes(1, NodeKind.Directory, 0);
            return Errno.None;
        }

        if (!TryIndex(node, out var index))
        {
            return Errno.ENOENT;
        }

        attributes = Entry(index).Attributes;
        return Errno.None;
    }

    public override Errno ReadDirectory(in Caller caller, NodeId directory, ulong cookie, ref DirectoryWriter writer)
    {
        var root = new NodeEntry { Node = NodeId.Root, Attributes = Attributes(1, NodeKind.Directory, 0) };
        for (var i = cookie; i < (ulong)_files.Count + 2; i++)
        {
            var fits = i switch
            {
                0 => writer.TryAdd("."u8, 1, root),
                1 => writer.TryAdd(".."u8, 2, root),
                _ => writer.TryAdd(_files[(int)i - 2].Name, i + 1, Entry((int)i - 2)),
            };
            if (!fits)
            {
                break;
            }
        }

        return Errno.None;
    }

    public override Errno Open(in Caller caller, NodeId node, out OpenedFile opened)
    {
        var isThere = TryIndex(node, out var index);
        opened = new OpenedFile(node.Value, IsDirect: isThere && _files[index].IsDirect);
        Interlocked.Increment(ref _opens);
        return isThere ? Errno.None : Errno.ENOENT;
    }

    public override ValueTask<Errno> FlushAsync(Caller caller, NodeId node, ulong handle)
    {
        Interlocked.Increment(ref _flushes);
        return new(Errno.None);
    }

    public override void Release(NodeId node, ulong handle) => Interlocked.Increment(ref _releases);

    public override Errno GetStatistics(in Caller caller, out FileSystemStatistics statistics)
    {
        statistics = new FileSystemStatistics { BlockSize = 4096, Blocks = 1000, FreeBlocks = 10, AvailableBlocks = 9, Files = (ulong)_files.Count };
        return Errno.None;
    }

    public override Errno GetExtendedAttribute(in Caller caller, NodeId node, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = "blue"u8;
        return name.SequenceEqual("user.colour"u8) ? Errno.None : Errno.ENODATA;
    }

    public override Errno ListExtendedAttributes(in Caller caller, NodeId node, out ReadOnlySpan<byte> names)
    {
        names = "user.colour\0"u8;
        return Errno.None;
    }

    public override bool TryRead(in ReadArguments arguments, ReadReply reply)
    {
        if (!TryIndex(arguments.Node, out var index))
        {
            reply.Fail(Errno.EIO);
            return true;
        }

        var file = _files[index];
        if (file.Stalls && !_released.Task.IsCompleted)
        {
            return false;
        }

        Answer(file.Content, arguments, reply);
        return true;
    }

    public override async ValueTask ReadAsync(ReadArguments arguments, ReadReply reply, CancellationToken interrupted)
    {
        try
        {
            await _released.Task.WaitAsync(interrupted);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _cancelled);
            throw;
        }

        TryIndex(arguments.Node, out var index);
        Answer(_files[index].Content, arguments, reply);
    }

    private static void Answer(ReadOnlyMemory<byte> content, in ReadArguments arguments, ReadReply reply)
    {
        var start = (int)Math.Min(arguments.Offset, content.Length);
        reply.Add(content.Slice(start, Math.Min(arguments.Size, content.Length - start)));
    }

    private static NodeAttributes Attributes(ulong inode, NodeKind kind, int size) => new()
    {
        Inode = inode,
        Kind = kind,
        Permissions = Convert.ToUInt16(kind == NodeKind.Directory ? "555" : "444", 8),
        Size = size,
        Blocks = (ulong)(size + 511) / 512,
        Links = 1,
        ModifyTime = new UnixTime(1_234_567_890),
        PreferredIoSize = 1 << 17,
        ValidFor = Long,
    };

    private NodeEntry Entry(int index)
    {
        var inode = (ulong)index + 2;
        return new NodeEntry { Node = new NodeId(inode), Attributes = Attributes(inode, NodeKind.File, _files[index].IsDirect ? 0 : _files[index].Content.Length), NameValidFor = Long };
    }

    private bool TryIndex(NodeId node, out int index)
    {
        index = node.Value is >= 2 and < int.MaxValue ? (int)node.Value - 2 : int.MaxValue;
        return index < _files.Count;
    }
}
