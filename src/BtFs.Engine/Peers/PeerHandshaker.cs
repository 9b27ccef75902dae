using System.Buffers;
using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Peers.Encryption;
using BtFs.Engine.Peers.Transports;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using ProtocolViolationException = BtFs.Protocol.ProtocolViolationException;

namespace BtFs.Engine.Peers;

/// <summary>Exchanges handshakes over a fresh connection (BEP 3), encrypted or not.</summary>
/// <remarks>
/// Receives exactly the handshake and leaves what follows to be received, so nothing can get lost between here and the session.
/// Every method throws <see cref="ProtocolViolationException"/> when the other side is not a peer we want,
/// <see cref="SocketException"/> when the connection breaks, and <see cref="TimeoutException"/> after
/// <see cref="PeerLimits.HandshakeTimeout"/>, however the bytes drip in. The connection stays the caller's.
/// </remarks>
internal sealed class PeerHandshaker(OurPeerId self, TimeProvider time)
{
    /// <summary>Whether we run a DHT node, and say so.</summary>
    internal bool RunsDht { get; init; }

    /// <summary>Encrypts, if that is wanted.</summary>
    internal StreamEncryption Encryption { get; init; } = new(EncryptionPolicy.Off, time);

    /// <summary>Introduces us, and hears who is there.</summary>
    /// <param name="transport">Connected by us.</param>
    /// <param name="address">Where it leads.</param>
    /// <param name="torrent">The torrent's infohashes. We name the first; a peer of a hybrid torrent may answer with another.</param>
    /// <param name="cancel">The caller gives up.</param>
    internal async Task<PeerHello> CallAsync(IPeerTransport transport, IPEndPoint address, IReadOnlyList<InfoHash> torrent, CancellationToken cancel) =>
        (await CallAsync(transport, address, torrent, encrypt: false, cancel)).Hello;

    /// <summary>Introduces us, and hears who is there.</summary>
    /// <param name="transport">Connected by us.</param>
    /// <param name="address">Where it leads.</param>
    /// <param name="torrent">The torrent's infohashes. We name the first; a peer of a hybrid torrent may answer with another.</param>
    /// <param name="encrypt">Whether to begin with an encrypted handshake.</param>
    /// <param name="cancel">The caller gives up.</param>
    /// <returns>And the stream to go on with, which then stands for <paramref name="transport"/>.</returns>
    internal async Task<(PeerHello Hello, IPeerTransport Stream)> CallAsync(
        IPeerTransport transport, IPEndPoint address, IReadOnlyList<InfoHash> torrent, bool encrypt, CancellationToken cancel)
    {
        using var deadline = new Deadline(PeerLimits.HandshakeTimeout, time, cancel);
        try
        {
            var ours = Ours(torrent[0]);
            if (encrypt)
            {
                transport = await Encryption.CallAsync(transport, torrent[0], ours, deadline.Token);
            }
            else
            {
                await transport.SendAsync(ours, deadline.Token);
            }

            var theirs = await ReceiveAsync(transport, new byte[Handshake.Bytes], received: 0, deadline.Token);
            if (!torrent.Contains(theirs.InfoHash))
            {
                throw new ProtocolViolationException("answered with another infohash");
            }

            return (Hello(theirs, address, isIncoming: false) with { CameEncrypted = encrypt }, transport);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new TimeoutException("no handshake in time");
        }
    }

    /// <summary>Hears which torrent a caller wants, and answers if we have it.</summary>
    /// <param name="transport">Accepted by us.</param>
    /// <param name="address">Where the call comes from.</param>
    /// <param name="find">The torrent with that infohash, or null.</param>
    /// <param name="cancel">The listener closes.</param>
    /// <returns>And the stream to go on with, which then stands for <paramref name="transport"/>.</returns>
    internal async Task<(PeerHello Hello, PeerSessions Torrent, IPeerTransport Stream)> AnswerAsync(
        IPeerTransport transport, IPEndPoint address, Func<InfoHash, PeerSessions?> find, CancellationToken cancel)
    {
        using var deadline = new Deadline(PeerLimits.HandshakeTimeout, time, cancel);
        try
        {
            (var theirs, transport, var isEncrypted) = await HearAsync(transport, deadline.Token);
            var hello = Hello(theirs, address, isIncoming: true) with { CameEncrypted = isEncrypted };
            if (find(theirs.InfoHash) is not { HasRoom: true } torrent)
            {
                throw new ProtocolViolationException("asked for a torrent that takes no more peers, or that we do not have");
            }

            await transport.SendAsync(Ours(theirs.InfoHash), deadline.Token);
            return (hello, torrent, transport);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new TimeoutException("no handshake in time");
        }
    }

    private ReadOnlyMemory<byte> Ours(InfoHash torrent)
    {
        var bytes = new ArrayBufferWriter<byte>(Handshake.Bytes);
        new Handshake(torrent, self.Current) { Fast = true, Extended = true, Dht = RunsDht }.Write(bytes);
        return bytes.WrittenMemory;
    }

    /// <summary>Receives a caller's handshake, whichever kind it is: what does not begin as a plain one is the key of an encrypted one.</summary>
    private async Task<(Handshake Theirs, IPeerTransport Stream, bool IsEncrypted)> HearAsync(IPeerTransport transport, CancellationToken cancel)
    {
        var bytes = new byte[Handshake.Bytes];
        var received = 0;
        while (received < Handshake.NameBytes && Handshake.MayBegin(bytes.AsSpan(0, received)))
        {
            var count = await transport.ReceiveAsync(bytes.AsMemory(received, Handshake.NameBytes - received), cancel);
            received += count > 0 ? count : throw new HungUpException();
        }

        var isPlain = Handshake.MayBegin(bytes.AsSpan(0, received));
        if (Encryption.Policy == (isPlain ? EncryptionPolicy.Require : EncryptionPolicy.Off))
        {
            throw new ProtocolViolationException(isPlain ? "does not encrypt" : "does not speak the BitTorrent protocol, or encrypts");
        }

        if (isPlain)
        {
            return (await ReceiveAsync(transport, bytes, received, cancel), transport, false);
        }

        var (stream, torrent) = await Encryption.AnswerAsync(transport, bytes.AsMemory(0, received), cancel);
        var theirs = await ReceiveAsync(stream, bytes, received: 0, cancel);
        return theirs.InfoHash == torrent ? (theirs, stream, true) : throw new ProtocolViolationException("names one torrent and means another");
    }

    private static async Task<Handshake> ReceiveAsync(IPeerTransport transport, byte[] bytes, int received, CancellationToken cancel)
    {
        while (true)
        {
            var count = await transport.ReceiveAsync(bytes.AsMemory(received), cancel);
            received += count > 0 ? count : throw new HungUpException();
            if (TryRead(bytes.AsMemory(0, received), out var handshake))
            {
                return handshake;
            }
        }
    }

    private static bool TryRead(ReadOnlyMemory<byte> received, out Handshake handshake)
    {
        var bytes = new ReadOnlySequence<byte>(received);
        return Handshake.TryRead(ref bytes, out handshake);
    }

    private PeerHello Hello(Handshake theirs, IPEndPoint address, bool isIncoming)
    {
        if (self.Is(theirs.PeerId))
        {
            throw new ProtocolViolationException("is ourselves");
        }

        return new PeerHello(address, theirs.PeerId, isIncoming, theirs.Fast, theirs.Extended, theirs.V2) { Dht = theirs.Dht && RunsDht };
    }
}
