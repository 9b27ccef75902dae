using System.Text;
using BtFs.Fuse;
using BtFs.Fuse.Replies;

namespace BtFs.Testing;

/// <summary>Asks a file system what the kernel would ask, without a kernel.</summary>
public sealed class FakeKernel(FuseFileSystem fileSystem)
{
    private const int DirectoryEntryLength = 24; // struct fuse_dirent up to its name

    private static readonly Caller Somebody = new(1000, 1000, 4321);

    /// <summary>Walks a path from the root.</summary>
    /// <returns>The node, or null where a name is missing.</returns>
    public NodeEntry? Find(string path)
    {
        var entry = new NodeEntry { Node = NodeId.Root, Attributes = Stat(NodeId.Root) };
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            Accept(fileSystem.Lookup(Somebody, entry.Node, Encoding.UTF8.GetBytes(name), out entry));
            if (entry.Node == default)
            {
                return null;
            }
        }

        return entry;
    }

    /// <summary>The attributes of a node.</summary>
    public NodeAttributes Stat(NodeId node)
    {
        Accept(fileSystem.GetAttributes(Somebody, node, out var attributes));
        return attributes;
    }

    /// <summary>The names in a folder with their inode numbers and kinds, <c>.</c> and <c>..</c> too, fetched in buffers of a few entries.</summary>
    public IReadOnlyList<(string Name, ulong Inode, NodeKind Kind)> List(NodeId folder)
    {
        var entries = new List<(string, ulong, NodeKind)>();
        var buffer = new byte[700];
        var cookie = 0UL;
        while (true)
        {
            var writer = new DirectoryWriter(buffer, withAttributes: false);
            Accept(fileSystem.ReadDirectory(Somebody, folder, cookie, ref writer));
            if (writer.Written == 0)
            {
                return entries;
            }

            for (var at = 0; at < writer.Written;)
            {
                cookie = BitConverter.ToUInt64(buffer, at + 8);
                var nameLength = BitConverter.ToInt32(buffer, at + 16);
                var kind = (NodeKind)BitConverter.ToInt32(buffer, at + 20);
                entries.Add((Encoding.UTF8.GetString(buffer, at + DirectoryEntryLength, nameLength), BitConverter.ToUInt64(buffer, at), kind));
                at += (DirectoryEntryLength + nameLength + 7) & ~7;
            }
        }
    }

    /// <summary>Opens a file.</summary>
    public (Errno Error, ulong Handle) Open(NodeId node) => (fileSystem.Open(Somebody, node, out var opened), opened.Handle);

    /// <summary>Closes it.</summary>
    public void Release(NodeId node, ulong handle) => fileSystem.Release(node, handle);

    /// <summary>Reads as the kernel does: at once if it can be, else waiting.</summary>
    public async Task<(Errno Error, byte[] Bytes)> ReadAsync(NodeId node, ulong handle, long offset, int size, CancellationToken interrupted = default)
    {
        var arguments = new ReadArguments(Somebody, node, handle, offset, size, IsDirect: false);
        var reply = new ReadReply();
        reply.Begin(size);
        try
        {
            if (!fileSystem.TryRead(arguments, reply))
            {
                reply.Clear();
                reply.Begin(size);
                await fileSystem.ReadAsync(arguments, reply, interrupted);
            }

            return (reply.Error, Sent(reply));
        }
        catch (Exception e) when (fileSystem.ErrnoFor(e) != Errno.None)
        {
            return (fileSystem.ErrnoFor(e), []);
        }
        finally
        {
            reply.Clear();
        }
    }

    private static byte[] Sent(ReadReply reply)
    {
        var bytes = new List<byte>(reply.Length);
        foreach (var segment in reply.Segments)
        {
            bytes.AddRange(segment.Span);
        }

        return [.. bytes];
    }

    private static void Accept(Errno error)
    {
        if (error != Errno.None)
        {
            throw new InvalidOperationException($"The file system answered {error}.");
        }
    }
}
