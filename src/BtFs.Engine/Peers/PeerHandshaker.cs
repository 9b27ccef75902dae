using System.Buffers;
using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Peers.Transports;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using ProtocolViolationException = BtFs.Protocol.ProtocolViolationException;

namespace BtFs.Engine.Peers;

/// <summary>Exchanges handshakes over a fresh connection (BEP 3).</summary>
/// <remarks>
/// Receives exactly the 68 bytes and leaves what follows to be received, so nothing can get lost between here and the session.
/// Every method throws <see cref="ProtocolViolationException"/> when the other side is not a peer we want,
/// <see cref="SocketException"/> when the connection breaks, and <see cref="TimeoutException"/> after
/// <see cref="PeerLimits.HandshakeTimeout"/>, however the bytes drip in. The connection stays the caller's.
/// </remarks>
internal sealed class PeerHandshaker(PeerId self, TimeProvider time)
{
    /// <summary>Whether we run a DHT node, and say so.</summary>
    internal bool RunsDht { get; init; }

    /// <summary>Introduces us, and hears who is there.</summary>
    /// <param name="transport">Connected by us.</param>
    /// <param name="address">Where it leads.</param>
    /// <param name="torrent">The torrent's infohashes. We name the first; a peer of a hybrid torrent may answer with another.</param>
    /// <param name="cancel">The caller gives up.</param>
    internal async Task<PeerHello> CallAsync(IPeerTransport transport, IPEndPoint address, IReadOnlyList<InfoHash> torrent, CancellationToken cancel)
    {
        using var deadline = new Deadline(PeerLimits.HandshakeTimeout, time, cancel);
        try
        {
            await SendAsync(transport, torrent[0], deadline.Token);
            var theirs = await ReceiveAsync(transport, deadline.Token);
            if (!torrent.Contains(theirs.InfoHash))
            {
                throw new ProtocolViolationException("answered with another infohash");
            }

            return Hello(theirs, address, isIncoming: false);
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
    internal async Task<(PeerHello Hello, PeerSessions Torrent)> AnswerAsync(
        IPeerTransport transport, IPEndPoint address, Func<InfoHash, PeerSessions?> find, CancellationToken cancel)
    {
        using var deadline = new Deadline(PeerLimits.HandshakeTimeout, time, cancel);
        try
        {
            var theirs = await ReceiveAsync(transport, deadline.Token);
            var hello = Hello(theirs, address, isIncoming: true);
            if (find(theirs.InfoHash) is not { HasRoom: true } torrent)
            {
                throw new ProtocolViolationException("asked for a torrent that takes no more peers, or that we do not have");
            }

            await SendAsync(transport, theirs.InfoHash, deadline.Token);
            return (hello, torrent);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new TimeoutException("no handshake in time");
        }
    }

    private async Task SendAsync(IPeerTransport transport, InfoHash torrent, CancellationToken cancel)
    {
        var bytes = new ArrayBufferWriter<byte>(Handshake.Bytes);
        new Handshake(torrent, self) { Fast = true, Extended = true, Dht = RunsDht }.Write(bytes);
        await transport.SendAsync(bytes.WrittenMemory, cancel);
    }

    private static async Task<Handshake> ReceiveAsync(IPeerTransport transport, CancellationToken cancel)
    {
        var bytes = new byte[Handshake.Bytes];
        for (var received = 0; ;)
        {
            var count = await transport.ReceiveAsync(bytes.AsMemory(received), cancel);
            if (count == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset, "hung up during the handshake");
            }

            received += count;
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
        if (theirs.PeerId.Equals(self))
        {
            throw new ProtocolViolationException("is ourselves");
        }

        return new PeerHello(address, theirs.PeerId, isIncoming, theirs.Fast, theirs.Extended, theirs.V2) { Dht = theirs.Dht && RunsDht };
    }
}
