using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace BtFs.Engine.Tests.Discovery;

/// <summary>A UDP tracker on loopback whose every move the test makes.</summary>
internal sealed class UdpTrackerStub : IDisposable
{
    public const long Connection = 0x1122334455667788;

    private readonly UdpClient _socket;

    public UdpTrackerStub(IPAddress? address = null) => _socket = new UdpClient(new IPEndPoint(address ?? IPAddress.Loopback, 0));

    public Uri Url => new($"udp://{Address}/announce");

    public IPEndPoint Address => (IPEndPoint)_socket.Client.LocalEndPoint!;

    /// <summary>The next packet, and who sent it.</summary>
    public async Task<Packet> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var received = await _socket.ReceiveAsync(patience.Token);
        return new Packet(received.Buffer, received.RemoteEndPoint);
    }

    public Task SendAsync(Packet to, byte[] bytes) => _socket.SendAsync(bytes, to.From).AsTask();

    /// <summary>Takes a connect request and grants it.</summary>
    public async Task<Packet> ConnectAsync(long connection = Connection)
    {
        var request = await ReceiveAsync();
        Assert.Equal(0, request.Action);
        Assert.Equal(0x41727101980, request.Connection);
        await SendAsync(request, [.. Head(0, request.Transaction), .. Number(connection)]);
        return request;
    }

    /// <summary>Answers an announce with the peers' raw bytes.</summary>
    public Task AnswerAsync(Packet request, params byte[] peers) =>
        SendAsync(request, [.. Head(1, request.Transaction), 0, 0, 7, 8, 0, 0, 0, 1, 0, 0, 0, 2, .. peers]);

    public Task RefuseAsync(Packet request, string reason) =>
        SendAsync(request, [.. Head(3, request.Transaction), .. System.Text.Encoding.ASCII.GetBytes(reason)]);

    public static byte[] Head(int action, uint transaction)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(bytes, action);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), transaction);
        return bytes;
    }

    public void Dispose() => _socket.Dispose();

    private static byte[] Number(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes;
    }

    internal sealed record Packet(byte[] Bytes, IPEndPoint From)
    {
        public long Connection => BinaryPrimitives.ReadInt64BigEndian(Bytes);

        public int Action => BinaryPrimitives.ReadInt32BigEndian(Bytes.AsSpan(8));

        public uint Transaction => BinaryPrimitives.ReadUInt32BigEndian(Bytes.AsSpan(12));
    }
}
