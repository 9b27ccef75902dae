using System.Runtime.InteropServices;
using BtFs.Fuse.Replies;

namespace BtFs.Fuse.Tests;

public class ReadReplyTests
{
    [Fact]
    public void More_bytes_than_were_asked_for_are_refused()
    {
        var reply = new ReadReply(10);
        reply.Add(new byte[4]);

        Assert.Throws<ArgumentException>(() => reply.Add(new byte[7]));
        Assert.Equal((4, 6), (reply.Length, reply.Remaining));
    }

    [Fact]
    public async Task An_answer_of_many_pieces_arrives_in_one()
    {
        await using var kernel = new FakeKernel(new PiecemealFileSystem(pieces: 200));

        Assert.Equal(Enumerable.Range(0, 200).Select(i => (byte)i), kernel.Read(2, 0, 4096).Body);
    }

    [Fact]
    public async Task An_answer_of_more_pieces_than_one_call_takes_arrives_whole()
    {
        await using var kernel = new FakeKernel(new PiecemealFileSystem(pieces: 3000));

        Assert.Equal(Enumerable.Range(0, 3000).Select(i => (byte)(i % 256)), kernel.Read(2, 0, 4096).Body);
    }

    [Fact]
    public async Task Memory_is_given_back_once_the_answer_was_sent()
    {
        var files = new PiecemealFileSystem(pieces: 5);
        await using var kernel = new FakeKernel(files);

        kernel.Read(2, 0, 4096);
        kernel.Read(2, 0, 4096);
        kernel.Read(2, 0, 4096);

        // The leases of the last read may still be on their way back.
        Assert.True(SpinWait.SpinUntil(() => files.Disposed == 15, Programs.Patience));
    }

    [Fact]
    public async Task A_read_whose_bytes_are_at_hand_allocates_nothing()
    {
        const int Warm = 50;
        var files = new MeteredFileSystem();
        await using var kernel = new FakeKernel(files);

        for (var i = 0; i < 2 * Warm; i++)
        {
            Assert.Equal(MeteredFileSystem.Pieces, kernel.Read(2, 0, 4096).Body.Length);
        }

        Assert.Equal(files.AllocatedAt[Warm], files.AllocatedAt[^1]);
    }

    /// <summary>Answers from memory that needs no pinning and notes what its thread had allocated each time it was asked.</summary>
    private sealed class MeteredFileSystem : OneFileSystem
    {
        public const int Pieces = 8;

        private readonly ReadOnlyMemory<byte> _piece = MemoryMarshal.CreateFromPinnedArray(GC.AllocateArray<byte>(1, pinned: true), 0, 1);

        public List<long> AllocatedAt { get; } = new(1000);

        public override bool TryRead(in ReadArguments arguments, ReadReply reply)
        {
            AllocatedAt.Add(GC.GetAllocatedBytesForCurrentThread());
            for (var i = 0; i < Pieces; i++)
            {
                reply.Add(_piece);
            }

            return true;
        }
    }

    private sealed class PiecemealFileSystem(int pieces) : OneFileSystem, IDisposable
    {
        private int _disposed;

        public int Disposed => Volatile.Read(ref _disposed);

        public override bool TryRead(in ReadArguments arguments, ReadReply reply)
        {
            for (var i = 0; i < pieces; i++)
            {
                reply.Add(new[] { (byte)(i % 256) });
                reply.DisposeWhenSent(this);
            }

            return true;
        }

        public void Dispose() => Interlocked.Increment(ref _disposed);
    }

    /// <summary>Nothing but a file to read.</summary>
    private abstract class OneFileSystem : FuseFileSystem
    {
        public override Errno Lookup(in Caller caller, NodeId parent, ReadOnlySpan<byte> name, out NodeEntry entry)
        {
            entry = default;
            return Errno.ENOENT;
        }

        public override Errno GetAttributes(in Caller caller, NodeId node, out NodeAttributes attributes)
        {
            attributes = default;
            return Errno.ENOENT;
        }

        public override Errno ReadDirectory(in Caller caller, NodeId directory, ulong cookie, ref DirectoryWriter writer) => Errno.ENOTDIR;

        public override Errno Open(in Caller caller, NodeId node, out OpenedFile opened)
        {
            opened = default;
            return Errno.None;
        }

        public override ValueTask ReadAsync(ReadArguments arguments, ReadReply reply, CancellationToken interrupted) => throw new NotSupportedException();
    }
}
