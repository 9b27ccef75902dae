using BtFs.Engine.Peers.Encryption;
using BtFs.Engine.Peers.Transports;
using BtFs.Protocol;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Peers.Encryption;

/// <summary>Two of us, with every policy, over a connection that hands over few bytes at a time.</summary>
public class StreamEncryptionTests
{
    private static readonly byte[] Payload = Greeting.Bytes(Greeting.Ours);

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(EncryptionPolicy.Prefer, EncryptionPolicy.Prefer, false)]
    [InlineData(EncryptionPolicy.Prefer, EncryptionPolicy.Require, true)]
    [InlineData(EncryptionPolicy.Require, EncryptionPolicy.Prefer, true)]
    [InlineData(EncryptionPolicy.Require, EncryptionPolicy.Require, true)]
    public async Task The_stream_goes_on_encrypted_where_either_side_requires_it_and_plain_otherwise(
        EncryptionPolicy caller, EncryptionPolicy answerer, bool encrypted)
    {
        foreach (var atOnce in new[] { 1, 3, 97, int.MaxValue })
        {
            var (ours, theirs) = MemoryTransport.Pair(atOnce);
            var (called, answered) = await MeetAsync(ours, theirs, caller, answerer);

            Assert.Equal(encrypted, called is EncryptedTransport);
            Assert.Equal(Payload, await ReceiveAsync(answered, Payload.Length));
            await called.SendAsync("to the answerer"u8.ToArray(), CancellationToken.None);
            await answered.SendAsync("to the caller"u8.ToArray(), CancellationToken.None);
            Assert.Equal("to the answerer"u8.ToArray(), await ReceiveAsync(answered, 15));

            // As it travels, not as the caller would read it.
            var travelling = await ReceiveAsync(ours, 13);
            Assert.Equal(encrypted, !travelling.AsSpan().SequenceEqual("to the caller"u8));
        }
    }

    [Fact]
    public async Task Of_a_thousand_torrents_the_right_one_is_meant()
    {
        var answerer = new StreamEncryption(EncryptionPolicy.Prefer, _time);
        for (var i = 0; i < 1000; i++)
        {
            answerer.Torrents.Add(Protocol.Metainfo.InfoHash.OfInfo(BitConverter.GetBytes(i)));
        }

        var wanted = Protocol.Metainfo.InfoHash.OfInfo(BitConverter.GetBytes(777));
        var (ours, theirs) = MemoryTransport.Pair();
        var call = new StreamEncryption(EncryptionPolicy.Prefer, _time).CallAsync(ours, wanted, Payload, CancellationToken.None);
        Assert.Equal(wanted, (await answerer.AnswerAsync(theirs, ReadOnlyMemory<byte>.Empty, CancellationToken.None)).Torrent);
        await call;
    }

    [Fact]
    public async Task A_torrent_that_was_let_go_is_answered_for_no_longer()
    {
        var answerer = new StreamEncryption(EncryptionPolicy.Prefer, _time);
        answerer.Torrents.Add(Greeting.Ours);
        answerer.Torrents.Remove(Greeting.Ours);
        var (ours, theirs) = MemoryTransport.Pair();
        var call = new StreamEncryption(EncryptionPolicy.Prefer, _time).CallAsync(ours, Greeting.Ours, Payload, CancellationToken.None);
        var fault = await Assert.ThrowsAsync<ProtocolViolationException>(() => answerer.AnswerAsync(theirs, ReadOnlyMemory<byte>.Empty, CancellationToken.None));
        Assert.Contains("do not have", fault.Message);
        theirs.Dispose();
        await Assert.ThrowsAsync<Engine.Peers.HungUpException>(() => call);
    }

    [Fact]
    public async Task Callers_in_a_burst_are_answered_at_once_and_further_ones_at_50_a_second()
    {
        var answerer = new StreamEncryption(EncryptionPolicy.Prefer, _time);
        answerer.Torrents.Add(Greeting.Ours);
        for (var i = 0; i < Engine.Peers.PeerLimits.PendingHandshakes; i++)
        {
            await MeetAsync(answerer);
        }

        var late = MeetAsync(answerer);
        await _time.UntilWaitedForAsync(TimeSpan.FromSeconds(1) / StreamEncryption.AnswerRate);
        Assert.False(late.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1) / StreamEncryption.AnswerRate);
        await late.WaitAsync(Loopback.Patience);
    }

    private async Task MeetAsync(StreamEncryption answerer)
    {
        var (ours, theirs) = MemoryTransport.Pair();
        var call = new StreamEncryption(EncryptionPolicy.Prefer, _time).CallAsync(ours, Greeting.Ours, Payload, CancellationToken.None);
        await answerer.AnswerAsync(theirs, ReadOnlyMemory<byte>.Empty, CancellationToken.None);
        await call;
    }

    private async Task<(IPeerTransport Called, IPeerTransport Answered)> MeetAsync(
        MemoryTransport ours, MemoryTransport theirs, EncryptionPolicy callers, EncryptionPolicy answerers)
    {
        var answerer = new StreamEncryption(answerers, _time);
        answerer.Torrents.Add(Greeting.Ours);
        var call = new StreamEncryption(callers, _time).CallAsync(ours, Greeting.Ours, Payload, CancellationToken.None);
        var (answered, torrent) = await answerer.AnswerAsync(theirs, ReadOnlyMemory<byte>.Empty, CancellationToken.None);
        Assert.Equal(Greeting.Ours, torrent);
        return (await call, answered);
    }

    private static async Task<byte[]> ReceiveAsync(IPeerTransport transport, int count) =>
        await new ExactReader(transport, CancellationToken.None).ReadAsync(count);
}
