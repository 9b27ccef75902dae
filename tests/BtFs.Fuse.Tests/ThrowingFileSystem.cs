using System.Buffers;
using BtFs.Fuse.Replies;

namespace BtFs.Fuse.Tests;

/// <summary>Everything a file system can do wrong.</summary>
internal sealed class ThrowingFileSystem : FuseFileSystem
{
    public const ulong InTryRead = 2;
    public const ulong InReadAsync = 3;
    public const ulong TooManyBytes = 4;
    public const ulong BadMemory = 5;

    public override void Started(FuseConnection connection) => throw new TimeoutException();

    public override Errno Lookup(in Caller caller, NodeId parent, ReadOnlySpan<byte> name, out NodeEntry entry) => throw new InvalidOperationException();

    public override Errno GetAttributes(in Caller caller, NodeId node, out NodeAttributes attributes) => throw new InvalidOperationException();

    public override Errno ReadDirectory(in Caller caller, NodeId directory, ulong cookie, ref DirectoryWriter writer)
    {
        writer.TryAdd("with/slash"u8, 1, default);
        return Errno.None;
    }

    public override Errno Open(in Caller caller, NodeId node, out OpenedFile opened) => throw new InvalidOperationException();

    public override bool TryRead(in ReadArguments arguments, ReadReply reply)
    {
        switch (arguments.Node.Value)
        {
            case InTryRead:
                throw new TimeoutException();
            case TooManyBytes:
                reply.Add(new byte[arguments.Size + 1]);
                return true;
            case BadMemory:
                reply.Add(new UnpinnableMemory().Memory);
                return true;
            default:
                return false;
        }
    }

    public override async ValueTask ReadAsync(ReadArguments arguments, ReadReply reply, CancellationToken interrupted)
    {
        await Task.Yield();
        throw new TimeoutException();
    }

    public override Errno ErrnoFor(Exception exception) => exception is TimeoutException ? Errno.ESTALE : Errno.None;

    private sealed class UnpinnableMemory : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(4);

        public override Span<byte> GetSpan() => new byte[4];

        public override MemoryHandle Pin(int elementIndex = 0) => throw new ObjectDisposedException("the memory behind a reply");

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
