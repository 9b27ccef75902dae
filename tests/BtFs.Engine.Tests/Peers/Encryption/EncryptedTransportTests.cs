using BtFs.Engine.Peers.Encryption;
using BtFs.Protocol.Encryption;

namespace BtFs.Engine.Tests.Peers.Encryption;

public class EncryptedTransportTests
{
    private readonly MemoryTransport _inner;
    private readonly MemoryTransport _theirs;
    private readonly EncryptedTransport _ours;
    private readonly Rc4 _theirIncoming = new("out"u8);
    private readonly Rc4 _theirOutgoing = new("in"u8);

    public EncryptedTransportTests()
    {
        (_inner, _theirs) = MemoryTransport.Pair();
        _ours = new EncryptedTransport(_inner, new Rc4("in"u8), long.MaxValue, new Rc4("out"u8));
    }

    [Fact]
    public async Task What_is_sent_arrives_encrypted_and_leaves_the_sender_s_bytes_alone()
    {
        var bytes = Bytes(100_000);
        Assert.Equal(bytes.Length, await _ours.SendAsync(bytes, CancellationToken.None));
        Assert.Equal(Bytes(100_000), bytes);
        Assert.Equal(bytes, await DecryptedAsync(bytes.Length));
    }

    [Fact]
    public async Task What_is_received_is_decrypted_in_place()
    {
        await _theirs.SendAsync(Encrypted(Bytes(500)), CancellationToken.None);
        Assert.Equal(Bytes(500), await ReceiveAsync(500));
    }

    [Fact]
    public async Task Of_bytes_that_are_taken_little_by_little_each_is_encrypted_once()
    {
        var bytes = Bytes(5000);
        _inner.TakesAtOnce = 7;
        for (var taken = 0; taken < 2000;)
        {
            var now = _ours.SendWithoutWaiting(bytes.AsSpan(taken, Math.Min(900, 2000 - taken)));
            Assert.InRange(now, 1, 900);
            taken += now;
        }

        // What was encrypted and not taken goes with the send that may wait.
        _inner.TakesAtOnce = 3;
        Assert.Equal(3, _ours.SendWithoutWaiting(bytes.AsSpan(2000, 900)));
        _inner.TakesAtOnce = 0;
        Assert.Equal(0, _ours.SendWithoutWaiting(bytes.AsSpan(2003, 950)));
        await _ours.SendAsync(bytes.AsMemory(2003), CancellationToken.None);
        Assert.Equal(bytes, await DecryptedAsync(bytes.Length));
    }

    [Fact]
    public async Task Only_the_first_bytes_are_decrypted_where_the_rest_is_plain()
    {
        using var stream = new EncryptedTransport(_inner, new Rc4("in"u8), 10, outgoing: null);
        await _theirs.SendAsync((byte[])[.. Encrypted(Bytes(10)), 1, 2, 3], CancellationToken.None);
        var received = new byte[13];
        Assert.Equal(13, await stream.ReceiveAsync(received, CancellationToken.None));
        Assert.Equal([.. Bytes(10), 1, 2, 3], received);

        await stream.SendAsync(new byte[] { 4, 5 }, CancellationToken.None);
        Assert.Equal(1, stream.SendWithoutWaiting([6]));
        var plain = new byte[3];
        Assert.Equal(3, await _theirs.ReceiveAsync(plain, CancellationToken.None));
        Assert.Equal([4, 5, 6], plain);
    }

    [Fact]
    public void It_stands_upon_the_address_of_what_carries_it_and_falls_with_it() => Assert.Equal(_inner.LocalAddress, _ours.LocalAddress);

    [Fact]
    public async Task A_hang_up_is_passed_on_both_ways()
    {
        _theirs.Dispose();
        Assert.Equal(0, await _ours.ReceiveAsync(new byte[1], CancellationToken.None));
        _ours.Dispose();
        Assert.True(_inner.IsDisposed);
    }

    [Fact]
    public void The_round_trip_is_the_connection_s() => Assert.Equal(_inner.RoundTrip, _ours.RoundTrip);

    [Fact]
    public async Task Nothing_is_allocated_for_a_block()
    {
        var wire = new EndlessTransport();
        using var stream = new EncryptedTransport(wire, new Rc4("in"u8), long.MaxValue, new Rc4("out"u8));
        var block = new byte[16 * 1024];
        Assert.Equal(100 * 2 * block.Length, await PumpAsync(stream, block, 100));
        var before = GC.GetAllocatedBytesForCurrentThread();
        await PumpAsync(stream, block, 1000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    private static async Task<int> PumpAsync(EncryptedTransport stream, byte[] block, int times)
    {
        var bytes = 0;
        for (var i = 0; i < times; i++)
        {
            bytes += await stream.ReceiveAsync(block, CancellationToken.None);
            bytes += await stream.SendAsync(block, CancellationToken.None);
            stream.SendWithoutWaiting(block.AsSpan(0, 17));
        }

        return bytes;
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private byte[] Encrypted(byte[] bytes)
    {
        _theirOutgoing.Apply(bytes);
        return bytes;
    }

    private async Task<byte[]> ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        Assert.Equal(count, await _ours.ReceiveAsync(bytes, CancellationToken.None));
        return bytes;
    }

    private async Task<byte[]> DecryptedAsync(int count)
    {
        var bytes = new byte[count];
        await new ExactReader(_theirs, CancellationToken.None).ReadAsync(bytes.AsMemory());
        _theirIncoming.Apply(bytes);
        return bytes;
    }
}
