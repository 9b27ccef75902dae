using System.Security.Cryptography;
using BtFs.Engine.Peers;
using BtFs.Engine.Peers.Encryption;
using BtFs.Engine.Peers.Transports;
using BtFs.Protocol;
using BtFs.Protocol.Encryption;
using BtFs.Protocol.Metainfo;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Peers.Encryption;

/// <summary>Each way in which an encrypted handshake can go wrong, on either side, and what is just still right.</summary>
public class HostileEncryptionTests
{
    private static readonly byte[] Number = [.. Enumerable.Range(1, KeyExchange.PrivateBytes).Select(value => (byte)value)];

    private readonly MemoryTransport _ours;
    private readonly MemoryTransport _theirs;
    private readonly StreamEncryption _encryption = new(EncryptionPolicy.Prefer, new ManualTimeProvider());

    public HostileEncryptionTests()
    {
        (_ours, _theirs) = MemoryTransport.Pair();
        _encryption.Torrents.Add(Greeting.Ours);
    }

    [Theory]
    [InlineData("zero")]
    [InlineData("one")]
    [InlineData("ones")]
    public async Task A_caller_or_answerer_with_a_weak_key_is_refused(string kind)
    {
        var key = new byte[KeyExchange.KeyBytes];
        key.AsSpan().Fill(kind == "ones" ? (byte)0xff : (byte)0);
        key[^1] = kind switch { "one" => 1, "ones" => 0xff, _ => 0 };
        await SayAsync(key);
        await Assert.ThrowsAsync<ProtocolViolationException>(AnswerAsync);

        await SayAsync(key);
        await Assert.ThrowsAsync<ProtocolViolationException>(CallAsync);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(EncryptionMessage.MaxPad)]
    public async Task A_caller_s_first_pad_may_have_512_bytes(int pad)
    {
        var answer = AnswerAsync();
        await CallByHandAsync(firstPad: pad);
        Assert.Equal(Greeting.Ours, (await answer).Torrent);
    }

    [Fact]
    public async Task A_caller_s_first_pad_of_513_bytes_is_refused() =>
        Assert.Contains("go on", await RefusalOfCallerAsync(firstPad: EncryptionMessage.MaxPad + 1));

    [Fact]
    public async Task A_caller_that_sends_noise_is_refused_once_its_pad_must_have_ended()
    {
        await SayAsync(RandomNumberGenerator.GetBytes(KeyExchange.KeyBytes + EncryptionMessage.MaxPad + StreamSecret.HashBytes));
        Assert.Contains("go on", (await Assert.ThrowsAsync<ProtocolViolationException>(AnswerAsync)).Message);
    }

    [Fact]
    public async Task A_caller_for_another_torrent_is_refused() =>
        Assert.Contains("do not have", await RefusalOfCallerAsync(torrent: Greeting.Strange));

    [Fact]
    public async Task A_caller_with_another_key_for_its_stream_is_refused() =>
        Assert.Contains("another key", await RefusalOfCallerAsync(change: message => message[3] ^= 1));

    [Fact]
    public async Task A_caller_that_announces_a_second_pad_of_513_bytes_is_refused() =>
        Assert.Contains("513", await RefusalOfCallerAsync(secondPad: EncryptionMessage.MaxPad + 1));

    [Fact]
    public async Task A_caller_s_second_pad_may_have_512_bytes()
    {
        var answer = AnswerAsync();
        await CallByHandAsync(secondPad: EncryptionMessage.MaxPad);
        Assert.Equal(Greeting.Ours, (await answer).Torrent);
    }

    [Fact]
    public async Task A_caller_that_offers_nothing_is_refused() =>
        Assert.Contains("no way", await RefusalOfCallerAsync(offered: CryptoMethods.None));

    [Fact]
    public async Task A_caller_that_offers_plaintext_alone_is_refused_where_encryption_is_required()
    {
        var strict = new StreamEncryption(EncryptionPolicy.Require, new ManualTimeProvider());
        strict.Torrents.Add(Greeting.Ours);
        var answer = strict.AnswerAsync(_ours, ReadOnlyMemory<byte>.Empty, CancellationToken.None);
        await CallByHandAsync(offered: CryptoMethods.Plaintext);
        Assert.Contains("no way", (await Assert.ThrowsAsync<ProtocolViolationException>(() => answer)).Message);
    }

    [Fact]
    public async Task A_caller_may_bring_nothing_along_or_as_much_as_it_can_say()
    {
        foreach (var length in new[] { 0, 1, 65535 })
        {
            var (ours, theirs) = MemoryTransport.Pair();
            var payload = RandomNumberGenerator.GetBytes(length);
            var answer = _encryption.AnswerAsync(ours, ReadOnlyMemory<byte>.Empty, CancellationToken.None);
            await CallByHandAsync(theirs, payload: payload, offered: CryptoMethods.Plaintext);
            await theirs.SendAsync("plain"u8.ToArray(), CancellationToken.None);
            var stream = (await answer).Stream;
            var received = await new ExactReader(stream, CancellationToken.None).ReadAsync(length + 5);
            Assert.Equal((byte[])[.. payload, .. "plain"u8], received);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(EncryptionMessage.MaxPad)]
    public async Task An_answerer_s_pads_may_have_512_bytes_each(int pad)
    {
        var call = CallAsync();
        await AnswerByHandAsync(firstPad: pad, secondPad: pad);
        Assert.IsType<EncryptedTransport>(await call);
    }

    [Fact]
    public async Task An_answerer_s_first_pad_of_513_bytes_is_refused() =>
        Assert.Contains("go on", await RefusalOfAnswererAsync(firstPad: EncryptionMessage.MaxPad + 1));

    [Fact]
    public async Task An_answerer_that_announces_a_second_pad_of_513_bytes_is_refused() =>
        Assert.Contains("513", await RefusalOfAnswererAsync(secondPad: EncryptionMessage.MaxPad + 1));

    [Fact]
    public async Task An_answerer_that_does_not_know_the_torrent_is_refused() =>
        Assert.Contains("go on", await RefusalOfAnswererAsync(torrent: Greeting.Strange, firstPad: EncryptionMessage.MaxPad));

    [Theory]
    [InlineData(CryptoMethods.None)]
    [InlineData(CryptoMethods.Plaintext | CryptoMethods.Rc4)]
    [InlineData((CryptoMethods)4)]
    public async Task An_answerer_that_chooses_none_or_both_or_what_nobody_knows_is_refused(CryptoMethods selected) =>
        Assert.Contains("not offered", await RefusalOfAnswererAsync(selected: selected));

    [Fact]
    public async Task An_answerer_that_chooses_plaintext_is_refused_where_encryption_is_required()
    {
        var call = new StreamEncryption(EncryptionPolicy.Require, new ManualTimeProvider()).CallAsync(_ours, Greeting.Ours, new byte[68], CancellationToken.None);
        await AnswerByHandAsync(selected: CryptoMethods.Plaintext);
        Assert.Contains("not offered", (await Assert.ThrowsAsync<ProtocolViolationException>(() => call)).Message);
    }

    [Fact]
    public async Task A_hang_up_at_any_moment_is_told_as_one()
    {
        var call = CallAsync();
        _theirs.Dispose();
        await Assert.ThrowsAsync<HungUpException>(() => call);

        foreach (var said in new[] { 1, KeyExchange.KeyBytes, KeyExchange.KeyBytes + 300 })
        {
            var (ours, theirs) = MemoryTransport.Pair();
            var answer = _encryption.AnswerAsync(ours, ReadOnlyMemory<byte>.Empty, CancellationToken.None);
            await theirs.SendAsync(RandomNumberGenerator.GetBytes(said), CancellationToken.None);
            theirs.Dispose();
            await Assert.ThrowsAsync<HungUpException>(() => answer);
        }
    }

    [Fact]
    public async Task Whoever_is_given_up_stops_at_once()
    {
        using var stop = new CancellationTokenSource();
        var call = _encryption.CallAsync(_ours, Greeting.Ours, new byte[68], stop.Token);
        var answer = _encryption.AnswerAsync(_ours, ReadOnlyMemory<byte>.Empty, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    private Task SayAsync(byte[] bytes) => _theirs.SendAsync(bytes, CancellationToken.None).AsTask();

    private Task<(IPeerTransport Stream, InfoHash Torrent)> AnswerAsync() => _encryption.AnswerAsync(_ours, ReadOnlyMemory<byte>.Empty, CancellationToken.None);

    private Task<IPeerTransport> CallAsync() => _encryption.CallAsync(_ours, Greeting.Ours, new byte[68], CancellationToken.None);

    private async Task<string> RefusalOfCallerAsync(
        int firstPad = 0, int secondPad = 0, InfoHash? torrent = null, CryptoMethods offered = CryptoMethods.Rc4, Action<byte[]>? change = null)
    {
        var answer = AnswerAsync();
        await CallByHandAsync(firstPad: firstPad, secondPad: secondPad, torrent: torrent, offered: offered, change: change);
        return (await Assert.ThrowsAsync<ProtocolViolationException>(() => answer)).Message;
    }

    private async Task<string> RefusalOfAnswererAsync(
        int firstPad = 0, int secondPad = 0, InfoHash? torrent = null, CryptoMethods selected = CryptoMethods.Rc4)
    {
        var call = CallAsync();
        await AnswerByHandAsync(firstPad, secondPad, torrent, selected);
        return (await Assert.ThrowsAsync<ProtocolViolationException>(() => call)).Message;
    }

    private async Task CallByHandAsync(
        MemoryTransport? wire = null,
        int firstPad = 0,
        int secondPad = 0,
        InfoHash? torrent = null,
        CryptoMethods offered = CryptoMethods.Rc4,
        byte[]? payload = null,
        Action<byte[]>? change = null)
    {
        wire ??= _theirs;
        await wire.SendAsync((byte[])[.. KeyExchange.PublicKey(Number), .. new byte[firstPad]], CancellationToken.None);
        var secret = await SecretAsync(wire);
        var message = EncryptionMessage.Call(offered, new byte[secondPad], payload ?? new byte[68]);
        secret.CallerCipher(torrent ?? Greeting.Ours).Apply(message);
        change?.Invoke(message);
        byte[] all = [.. secret.CallMark, .. secret.Hide(TorrentAlias.Of(torrent ?? Greeting.Ours)).Bytes, .. message];
        await wire.SendAsync(all, CancellationToken.None);
    }

    private async Task AnswerByHandAsync(int firstPad = 0, int secondPad = 0, InfoHash? torrent = null, CryptoMethods selected = CryptoMethods.Rc4)
    {
        await SayAsync(KeyExchange.PublicKey(Number));
        var secret = await SecretAsync(_theirs);
        var message = EncryptionMessage.Answer(selected, new byte[secondPad]);
        secret.AnswererCipher(torrent ?? Greeting.Ours).Apply(message);
        await SayAsync([.. new byte[firstPad], .. message]);
    }

    private static async Task<StreamSecret> SecretAsync(MemoryTransport wire) =>
        Secret(await new ExactReader(wire, CancellationToken.None).ReadAsync(KeyExchange.KeyBytes));

    private static StreamSecret Secret(byte[] theirKey) => new(KeyExchange.Secret(Number, theirKey));
}
