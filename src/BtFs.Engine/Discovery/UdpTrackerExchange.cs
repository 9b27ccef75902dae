using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using BtFs.Engine.Network;
using BtFs.Engine.Peers;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Trackers;

namespace BtFs.Engine.Discovery;

/// <summary>Talks to one address of a UDP tracker, and remembers its connection id (BEP 15). One question at a time.</summary>
internal sealed class UdpTrackerExchange(IPEndPoint address, TimeProvider time, NetworkRoute route)
{
    /// <summary>Enough for any number of peers that is used.</summary>
    private const int MaxPacketBytes = 8 * 1024;

    /// <summary>BEP 15: a client may use a connection id for one minute.</summary>
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromSeconds(60);

    // Three quick ones, since a lost packet must not cost a cold mount 15 s; then 15·2^n as BEP 15 says.
    private static readonly TimeSpan[] Waits = [.. new[] { 1, 3, 9, 15, 30, 60, 120 }.Select(seconds => TimeSpan.FromSeconds(seconds))];

    private readonly int _addressBytes =
        address.AddressFamily == AddressFamily.InterNetworkV6 ? CompactPeers.IPv6Bytes : CompactPeers.IPv4Bytes;

    private long? _connection;
    private long _connectedAt;

    /// <summary>Announces, sending again until an answer comes or nearly four minutes are over.</summary>
    /// <exception cref="TrackerException">The tracker refuses, cannot be reached, or does not answer.</exception>
    public async Task<AnnounceReply> AnnounceAsync(AnnounceRequest request, string pathAndQuery, CancellationToken cancel)
    {
        var reply = await ExchangeAsync(
            (output, connection, transaction) => UdpTrackerWriter.WriteAnnounce(output, connection, transaction, request, pathAndQuery), cancel);
        return reply is UdpTrackerReply.Announced announced ? announced.Reply : throw SomethingElse();
    }

    /// <summary>Asks for the counts of one torrent, with the same patience.</summary>
    /// <inheritdoc cref="AnnounceAsync"/>
    public async Task<ScrapeCounts> ScrapeAsync(InfoHash torrent, CancellationToken cancel)
    {
        var reply = await ExchangeAsync(
            (output, connection, transaction) => UdpTrackerWriter.WriteScrape(output, connection, transaction, [torrent]), cancel);
        return reply is UdpTrackerReply.Scraped { Counts: [var counts, ..] } ? counts : throw SomethingElse();
    }

    private static TrackerException SomethingElse() => new("The tracker answered something else.");

    private async Task<UdpTrackerReply> ExchangeAsync(Action<IBufferWriter<byte>, long, uint> write, CancellationToken cancel)
    {
        try
        {
            using var socket = route.Open(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);

            // A connected socket hears this address only, and hears of a closed port.
            await socket.ConnectAsync(address, cancel);
            foreach (var wait in Waits)
            {
                if (await TryAsync(socket, write, wait, cancel) is { } reply)
                {
                    return reply;
                }
            }

            throw new TrackerException($"No answer to {Waits.Length} requests.");
        }
        catch (SocketException fault)
        {
            throw new TrackerException($"The tracker cannot be asked: {fault.Message}.", fault);
        }
    }

    private async Task<UdpTrackerReply?> TryAsync(Socket socket, Action<IBufferWriter<byte>, long, uint> write, TimeSpan wait, CancellationToken cancel)
    {
        using var deadline = new Deadline(wait, time, cancel);
        try
        {
            var isReused = _connection is not null && time.GetElapsedTime(_connectedAt) < ConnectionLife;
            var connection = isReused ? _connection!.Value : await ConnectAsync(socket, deadline.Token);
            var reply = await AskAsync(socket, (output, transaction) => write(output, connection, transaction), deadline.Token);
            switch (reply)
            {
                // Its memory may be shorter than ours: not the torrent is refused, but the old connection id.
                case UdpTrackerReply.Refused when isReused: _connection = null; return null;
                case UdpTrackerReply.Refused refused: throw new TrackerRefusedException(refused.Reason);
                default: return reply;
            }
        }
        catch (OperationCanceledException) when (deadline.HasPassed && !cancel.IsCancellationRequested)
        {
            _connection = null;
            return null;
        }
    }

    private async Task<long> ConnectAsync(Socket socket, CancellationToken cancel)
    {
        _connection = null;
        _connectedAt = time.GetTimestamp();
        var reply = await AskAsync(socket, UdpTrackerWriter.WriteConnect, cancel);
        _connection = reply switch
        {
            UdpTrackerReply.Connected connected => connected.Connection,
            UdpTrackerReply.Refused refused => throw new TrackerRefusedException(refused.Reason),
            _ => throw SomethingElse(),
        };
        return _connection.Value;
    }

    /// <summary>Sends one packet, and passes over everything that does not answer it.</summary>
    private async Task<UdpTrackerReply> AskAsync(Socket socket, Action<IBufferWriter<byte>, uint> write, CancellationToken cancel)
    {
        // Whoever cannot read our packets cannot guess this number, and so cannot answer in the tracker's name.
        Span<byte> random = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(random);
        var transaction = BitConverter.ToUInt32(random);
        var packet = new ArrayBufferWriter<byte>();
        write(packet, transaction);
        await socket.SendAsync(packet.WrittenMemory, cancel);

        var received = new byte[MaxPacketBytes];
        while (true)
        {
            var length = await socket.ReceiveAsync(received, cancel);
            if (UdpTrackerReader.TryRead(received.AsSpan(0, length), transaction, _addressBytes, out var reply))
            {
                return reply;
            }
        }
    }
}
