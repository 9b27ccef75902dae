using System.Buffers;
using BtFs.Protocol.Peer;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Protocol.Tests.Peer;

public sealed class PeerWireProperties
{
    [Fact]
    public void Whatever_is_written_is_read_back_the_same() => Prop.ForAll(PeerMessages.Streams, messages =>
    {
        var bytes = PeerMessages.Write(messages);

        var read = PeerMessages.ReadAll(new ReadOnlySequence<byte>(bytes), FrameLimits.Unknown);

        return messages.Select(PeerMessages.Show).SequenceEqual(read.Select(PeerMessages.Show));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void However_the_bytes_are_split_the_messages_are_the_same() => Prop.ForAll(
        PeerMessages.Streams,
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        (messages, seed) =>
        {
            var bytes = PeerMessages.Write(messages);

            var read = PeerMessages.ReadAll(SplitBuffer.Cut(bytes, seed), FrameLimits.Unknown);

            return messages.Select(PeerMessages.Show).SequenceEqual(read.Select(PeerMessages.Show));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Damaged_messages_end_the_connection_and_nothing_else() => Prop.ForAll(
        PeerMessages.Streams,
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        (messages, seed) =>
        {
            var good = PeerMessages.Write(messages);
            for (var i = 0; i < 100; i++)
            {
                AssertReadOrRefused(Mutation.Of(good, seed + i));
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Random_bytes_with_a_likely_length_end_the_connection_and_nothing_else()
    {
        for (var seed = 0; seed < 50_000; seed++)
        {
            var random = new Random(seed);
            var bytes = PeerMessages.RandomBytes(random.Next(5, 80), seed);
            bytes[0] = bytes[1] = bytes[2] = 0;
            bytes[4] = (byte)random.Next(30);

            AssertReadOrRefused(bytes);
        }
    }

    private static void AssertReadOrRefused(byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            PeerMessages.ReadAll(new ReadOnlySequence<byte>(bytes), new FrameLimits { PieceCount = 100 });
        }
        catch (ProtocolViolationException)
        {
            // The one answer that a peer may get.
        }

        // A message costs its own bytes, an object, and a place in the list; an exception costs its stack trace.
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, (64 * bytes.Length) + 32_768);
    }
}
