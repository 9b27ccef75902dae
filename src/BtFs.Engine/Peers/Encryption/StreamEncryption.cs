using System.Security.Cryptography;
using BtFs.Engine.Peers.Transports;
using BtFs.Protocol;
using BtFs.Protocol.Encryption;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Peers.Encryption;

/// <summary>The handshake of Message Stream Encryption, before that of BEP 3. One for the whole process; thread-safe.</summary>
/// <remarks>
/// Receives no byte beyond the handshake. Arithmetic, 1 to 2 ms for each side, never runs on the thread that watches sockets.
/// Every method throws <see cref="ProtocolViolationException"/> when the other side breaks the rules, and what the transport throws.
/// </remarks>
/// <param name="policy">What is offered and taken.</param>
/// <param name="time">The clock.</param>
internal sealed class StreamEncryption(EncryptionPolicy policy, TimeProvider time)
{
    /// <summary>Answers a second in the long run, at 1 to 2 ms of arithmetic each: callers cost us no more than a tenth of a processor.</summary>
    internal const int AnswerRate = 50;

    private readonly RateLimiter _answers = new(AnswerRate, time, PeerLimits.PendingHandshakes);

    internal EncryptionPolicy Policy => policy;

    /// <summary>What callers may ask for.</summary>
    internal TorrentAliases Torrents { get; } = new();

    private CryptoMethods Accepted => policy == EncryptionPolicy.Require ? CryptoMethods.Rc4 : CryptoMethods.Plaintext | CryptoMethods.Rc4;

    /// <summary>Begins an encrypted stream, with its first bytes sent along.</summary>
    /// <param name="transport">Connected by us; stays the caller's if this throws.</param>
    /// <param name="torrent">Its infohash is the key without which nobody can answer.</param>
    /// <param name="payload">What the stream begins with.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The stream, whichever way the other side has chosen; it stands for <paramref name="transport"/>, or is it.</returns>
    internal async Task<IPeerTransport> CallAsync(IPeerTransport transport, InfoHash torrent, ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        await Task.Yield();
        var number = RandomNumberGenerator.GetBytes(KeyExchange.PrivateBytes);
        await transport.SendAsync((byte[])[.. KeyExchange.PublicKey(number), .. Pad()], cancel);
        var reader = new ExactReader(transport, cancel);
        var theirKey = await reader.ReadAsync(KeyExchange.KeyBytes);

        await Task.Yield();
        var secret = new StreamSecret(KeyExchange.Secret(number, theirKey));
        var outgoing = secret.CallerCipher(torrent);
        var message = EncryptionMessage.Call(Accepted, Pad(), payload.Span);
        outgoing.Apply(message);
        await transport.SendAsync((byte[])[.. secret.CallMark, .. secret.Hide(TorrentAlias.Of(torrent)).Bytes, .. message], cancel);

        var incoming = secret.AnswererCipher(torrent);
        var mark = new byte[EncryptionMessage.VerificationBytes];
        incoming.Apply(mark);
        await reader.SkipToAsync(mark, EncryptionMessage.MaxPad);
        var head = new byte[EncryptionMessage.HeadBytes];
        var selected = await ReadMessageAsync(reader, incoming, head, received: mark.Length);
        if (selected is not (CryptoMethods.Plaintext or CryptoMethods.Rc4) || (selected & Accepted) == 0)
        {
            throw new ProtocolViolationException("The other side chose what was not offered.");
        }

        return selected == CryptoMethods.Rc4 ? new EncryptedTransport(transport, incoming, long.MaxValue, outgoing) : transport;
    }

    /// <summary>Answers whoever begins an encrypted stream for a torrent of ours.</summary>
    /// <param name="transport">Accepted by us; stays the caller's if this throws.</param>
    /// <param name="begin">What has been received, at most as many bytes as a key has.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The stream, which stands for <paramref name="transport"/> or is it, and the torrent.</returns>
    internal async Task<(IPeerTransport Stream, InfoHash Torrent)> AnswerAsync(IPeerTransport transport, ReadOnlyMemory<byte> begin, CancellationToken cancel)
    {
        var reader = new ExactReader(transport, cancel);
        var theirKey = new byte[KeyExchange.KeyBytes];
        begin.CopyTo(theirKey);
        await reader.ReadAsync(theirKey.AsMemory(begin.Length));
        await TakeTurnAsync(cancel);

        await Task.Yield();
        var number = RandomNumberGenerator.GetBytes(KeyExchange.PrivateBytes);
        var secret = new StreamSecret(KeyExchange.Secret(number, theirKey));
        await transport.SendAsync((byte[])[.. KeyExchange.PublicKey(number), .. Pad()], cancel);

        await reader.SkipToAsync(secret.CallMark, EncryptionMessage.MaxPad);
        var alias = secret.Hide(new TorrentAlias(await reader.ReadAsync(StreamSecret.HashBytes)));
        var torrent = Torrents.Find(alias) ?? throw new ProtocolViolationException("asked for a torrent that we do not have");
        var incoming = secret.CallerCipher(torrent);
        var offered = await ReadMessageAsync(reader, incoming, new byte[EncryptionMessage.HeadBytes], received: 0);
        var length = await reader.ReadAsync(EncryptionMessage.LengthBytes);
        incoming.Apply(length);
        var payloadBytes = (length[0] << 8) | length[1];

        var selected = (offered & Accepted & CryptoMethods.Plaintext) != 0 ? CryptoMethods.Plaintext : offered & Accepted;
        if (selected == CryptoMethods.None)
        {
            throw new ProtocolViolationException("The other side offers no way to go on that we take.");
        }

        var outgoing = secret.AnswererCipher(torrent);
        var answer = EncryptionMessage.Answer(selected, Pad());
        outgoing.Apply(answer);
        await transport.SendAsync(answer, cancel);

        // What came along is encrypted even where the rest is not.
        return selected == CryptoMethods.Rc4
            ? (new EncryptedTransport(transport, incoming, long.MaxValue, outgoing), torrent)
            : (new EncryptedTransport(transport, incoming, payloadBytes, outgoing: null), torrent);
    }

    /// <summary>Reads a message up to the end of its pad.</summary>
    private static async Task<CryptoMethods> ReadMessageAsync(ExactReader reader, Rc4 cipher, byte[] head, int received)
    {
        await reader.ReadAsync(head.AsMemory(received));
        cipher.Apply(head.AsSpan(received));
        EncryptionMessage.ReadHead(head, out var methods, out var padLength);
        cipher.Apply(await reader.ReadAsync(padLength));
        return methods;
    }

    private static byte[] Pad() => RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(EncryptionMessage.MaxPad + 1));

    private async Task TakeTurnAsync(CancellationToken cancel)
    {
        var wait = _answers.Spend(1);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancel);
        }
    }
}
