using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using BtFs.Engine.Datagrams;
using BtFs.Protocol.Utp;

namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>uTP's part of the UDP port: every connection of the process. Thread-safe.</summary>
internal sealed class UtpEndpoint : IDatagramReceiver, IDisposable
{
    /// <summary>Connections at once, those that only say goodbye included.</summary>
    internal const int MaxConnections = 2_000;

    /// <summary>Packets of unknown connections that are answered in a second.</summary>
    internal const int ResetsPerSecond = 50;

    private readonly ConcurrentDictionary<UtpKey, UtpTransport> _connections = new();
    private readonly UtpGreeter _greeter = new();
    private readonly Lock _resets = new();
    private readonly long _start;
    private Action<UtpTransport>? _accept;
    private long _resetsPaidAt = -UtpLimits.Second;
    private volatile bool _isClosed;

    /// <param name="port">The port; stays its owner's.</param>
    /// <param name="time">The clock.</param>
    internal UtpEndpoint(UdpPort port, TimeProvider time)
    {
        Port = port;
        Time = time;
        _start = time.GetTimestamp();
        port.Add(this);
    }

    /// <summary>Connections at once. Default <see cref="MaxConnections"/>.</summary>
    internal int Most { get; init; } = MaxConnections;

    internal UdpPort Port { get; }

    internal TimeProvider Time { get; }

    /// <summary>Microseconds since the start.</summary>
    internal long Now => Time.GetElapsedTime(_start).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Connections there are, for tests.</summary>
    internal int Connections => _connections.Count;

    /// <summary>Whom to give connections that peers open, from now on; without anybody calls are not answered.</summary>
    /// <param name="accept">Takes one over. Must not wait.</param>
    internal void Listen(Action<UtpTransport> accept) => Volatile.Write(ref _accept, accept);

    /// <summary>Opens a connection.</summary>
    /// <param name="address">Whom to call.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="SocketException">No answer, or there is no way there.</exception>
    internal async Task<UtpTransport> ConnectAsync(IPEndPoint address, CancellationToken cancel)
    {
        var transport = Call(address);
        try
        {
            await transport.ConnectAsync(cancel);
            return transport;
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Receive(ReadOnlySpan<byte> datagrams, int each, in SocketName from)
    {
        UtpTransport? last = null;
        UtpKey lastKey = default;
        var (address, port) = (from.Address, from.Port);
        while (!datagrams.IsEmpty && !_isClosed)
        {
            var datagram = datagrams[..Math.Min(each, datagrams.Length)];
            datagrams = datagrams[datagram.Length..];
            if (!UtpPacket.TryRead(datagram, out var packet))
            {
                continue;
            }

            var key = new UtpKey(address, port, packet.Header.ConnectionId);
            if (last is null || key != lastKey)
            {
                last?.Settle();
                last = Find(packet.Header, key, from);
                lastKey = key;
            }

            last?.Receive(packet);
        }

        last?.Settle();
    }

    /// <summary>A connection has ended.</summary>
    internal void Forget(UtpKey key, UtpTransport transport) => _connections.TryRemove(KeyValuePair.Create(key, transport));

    /// <summary>Ends every connection, and answers nobody any more.</summary>
    public void Dispose()
    {
        _isClosed = true;
        Port.Remove(this);
        foreach (var transport in _connections.Values)
        {
            transport.Abort();
        }
    }

    private UtpTransport Call(IPEndPoint address)
    {
        if (_isClosed || !Port.Reaches(address) || _connections.Count >= Most)
        {
            throw new SocketException((int)SocketError.NetworkUnreachable);
        }

        var name = Port.NameOf(address);
        while (true)
        {
            var ids = UtpIds.OfCaller(RandomNumber());
            var key = new UtpKey(name.Address, name.Port, ids.Receive);
            var transport = new UtpTransport(this, key, address, (output, now) => UtpConnection.Call(ids, RandomNumber(), output, now));
            if (_connections.TryAdd(key, transport))
            {
                return transport;
            }

            transport.Abort();
        }
    }

    /// <summary>The connection that a packet is for; null when it was answered otherwise, or there is none.</summary>
    private UtpTransport? Find(UtpHeader header, UtpKey key, in SocketName from)
    {
        if (header.Type == UtpPacketType.Syn)
        {
            AnswerSyn(header, key, from);
            return null;
        }

        if (_connections.TryGetValue(key, out var known))
        {
            return known;
        }

        // Who knows nothing of a connection does not know which of its two numbers is the other's.
        if (header.Type == UtpPacketType.Reset)
        {
            return _connections.GetValueOrDefault(key with { Id = SequenceNumber.Plus(key.Id, -1) })
                ?? _connections.GetValueOrDefault(key with { Id = SequenceNumber.Plus(key.Id, 1) });
        }

        return TryAccept(header, key, from) ?? Refuse(header, key, from);
    }

    private void AnswerSyn(UtpHeader syn, UtpKey key, in SocketName from)
    {
        if (Volatile.Read(ref _accept) is null || _connections.ContainsKey(key with { Id = UtpIds.OfCalled(key.Id).Receive }))
        {
            return;
        }

        Span<byte> reply = stackalloc byte[UtpHeader.Bytes];
        _greeter.Answer(reply, syn, key, Now);
        Port.Send(reply, reply.Length, from);
    }

    private UtpTransport? TryAccept(UtpHeader first, UtpKey key, in SocketName from)
    {
        var chosen = SequenceNumber.Plus(key.Id, -1);
        if (Volatile.Read(ref _accept) is not { } accept || _connections.Count >= Most
            || _greeter.Recognize(first, key with { Id = chosen }, Now) is not { } number)
        {
            return null;
        }

        var syn = SequenceNumber.Plus(first.Sequence, -1);
        var transport = new UtpTransport(
            this, key, from.ToEndPoint(), (output, now) => UtpConnection.Answer(UtpIds.OfCalled(chosen), number, syn, output, now));
        if (!_connections.TryAdd(key, transport))
        {
            transport.Abort();
            return null;
        }

        accept(transport);
        return transport;
    }

    /// <summary>Tells a peer that its connection is not known here.</summary>
    private UtpTransport? Refuse(UtpHeader header, UtpKey key, in SocketName from)
    {
        if (header.Type is UtpPacketType.Data or UtpPacketType.Fin && MayReset())
        {
            Span<byte> reply = stackalloc byte[UtpHeader.Bytes];
            new UtpHeader(UtpPacketType.Reset, key.Id, unchecked((uint)Now), 0, 0, RandomNumber(), header.Sequence).Write(reply);
            Port.Send(reply, reply.Length, from);
        }

        return null;
    }

    private bool MayReset()
    {
        var now = Now;
        lock (_resets)
        {
            var paidAt = Math.Max(_resetsPaidAt, now - UtpLimits.Second) + (UtpLimits.Second / ResetsPerSecond);
            if (paidAt > now)
            {
                return false;
            }

            _resetsPaidAt = paidAt;
            return true;
        }
    }

    private static ushort RandomNumber()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }
}
