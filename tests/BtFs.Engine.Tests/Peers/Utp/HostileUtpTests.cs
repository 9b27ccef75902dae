using BtFs.Engine.Peers.Transports.Utp;
using BtFs.Protocol.Utp;

namespace BtFs.Engine.Tests.Peers.Utp;

/// <summary>A peer, or somebody who pretends to be it, sends what no peer should.</summary>
public sealed class HostileUtpTests : IDisposable
{
    private const int Capacity = 100_000;

    private readonly LastPacket _output = new();
    private readonly UtpConnection _connection;
    private readonly ushort _syn;

    public HostileUtpTests()
    {
        _connection = UtpConnection.Call(UtpIds.OfCaller(1000), 65_534, _output, now: 0, Capacity);
        _connection.Flush(0);
        _syn = Last.Sequence;
        Receive(UtpPacketType.State, sequence: 500, ack: _syn);
        Assert.Equal(UtpState.Connected, _connection.State);
    }

    private UtpHeader Last => _output.Header;

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void What_acknowledges_what_was_never_sent_is_thrown_away()
    {
        Send(5_000);
        var flying = _connection.BytesInFlight;
        foreach (var ahead in new[] { 5, 6, 100, 30_000 })
        {
            Receive(UtpPacketType.Data, 500, SequenceNumber.Plus(_syn, ahead), payload: 10);
        }

        Assert.Equal(flying, _connection.BytesInFlight);
        Assert.False(_connection.IsReadable);
        Receive(UtpPacketType.Data, 500, SequenceNumber.Plus(_syn, 4), payload: 10);
        Assert.Equal(0, _connection.BytesInFlight);
        Assert.True(_connection.IsReadable);
    }

    [Fact]
    public void A_mask_of_packets_that_do_not_exist_acknowledges_none()
    {
        Send(5_000);
        Receive(UtpPacketType.State, 500, _syn, mask: Enumerable.Repeat((byte)0xff, 252).ToArray());

        // The first, which the mask leaves out, is lost and on its way again; the rest has come.
        Assert.Equal(1_380, _connection.BytesInFlight);
        Receive(UtpPacketType.State, 500, SequenceNumber.Plus(_syn, 4));
        Assert.Equal(0, _connection.BytesInFlight);
    }

    [Fact]
    public void More_than_the_window_is_not_kept()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Receive(UtpPacketType.Data, SequenceNumber.Plus(500, i), _syn, payload: 1_000);
        }

        Assert.Equal(Capacity, ReadAll());
    }

    [Fact]
    public void Early_packets_beyond_the_window_are_not_kept_either_and_the_first_still_finds_room()
    {
        for (var i = 1; i < 1_000; i++)
        {
            Receive(UtpPacketType.Data, SequenceNumber.Plus(500, i), _syn, payload: 1_000);
        }

        Assert.Equal(0u, Last.Window);
        Receive(UtpPacketType.Data, 500, _syn, payload: 1_000);
        Assert.Equal(Capacity + 1_000, ReadAll());
    }

    [Theory]
    [InlineData(UtpLimits.EarlyPackets - 1, true)]
    [InlineData(UtpLimits.EarlyPackets, false)]
    [InlineData(30_000, false)]
    public void Packets_are_kept_up_to_1024_ahead(int ahead, bool isKept)
    {
        Receive(UtpPacketType.Data, SequenceNumber.Plus(500, ahead), _syn, payload: 10);
        Assert.Equal(isKept ? Capacity - 10u : Capacity, Last.Window);
    }

    [Fact]
    public void Nothing_comes_after_the_end()
    {
        Receive(UtpPacketType.Fin, 501, _syn);
        Receive(UtpPacketType.Data, 502, _syn, payload: 10);
        Receive(UtpPacketType.Data, 500, _syn, payload: 10);
        Assert.Equal(10, ReadAll());
        Assert.True(_connection.IsReadToEnd);
    }

    [Theory]
    [InlineData(1000, 0, true)] // our number
    [InlineData(1001, 0, true)] // the peer's
    [InlineData(1002, 0, false)]
    [InlineData(1000, 10, false)] // acknowledges what was never sent
    [InlineData(1000, -3_000, false)]
    public void A_reset_counts_only_with_the_right_numbers(int id, int ack, bool counts)
    {
        Send(100);
        Receive(UtpPacketType.Reset, 7, SequenceNumber.Plus(_syn, ack), id: (ushort)id);
        Assert.Equal(counts ? UtpEnd.Reset : UtpEnd.None, _connection.End);
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1001)]
    public void Data_with_another_number_is_not_ours(int id)
    {
        Receive(UtpPacketType.Data, 500, _syn, payload: 10, id: (ushort)id);
        Assert.False(_connection.IsReadable);
    }

    [Fact]
    public void A_window_of_one_byte_is_served_byte_by_byte_and_one_of_none_is_looked_at()
    {
        Receive(UtpPacketType.State, 500, _syn, window: 1);
        Send(10);
        Assert.Equal(1, _connection.BytesInFlight);

        Receive(UtpPacketType.State, 500, SequenceNumber.Plus(_syn, 1), window: 0);
        Assert.Equal(0, _connection.BytesInFlight);
        var deadline = _connection.NextDeadline;
        Assert.InRange(deadline, 1, 2 * UtpLimits.Second);
        _connection.Tick(deadline);
        Assert.Equal(9, _connection.BytesInFlight);
    }

    [Fact]
    public void Whatever_comes_at_whatever_time_nothing_breaks_and_no_window_is_exceeded()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            using var connection = UtpConnection.Call(UtpIds.OfCaller(1000), (ushort)random.Next(65536), _output, 0, Capacity);
            connection.Flush(0);
            var syn = Last.Sequence;
            var now = 0L;
            for (var step = 0; step < 300; step++)
            {
                var type = step == 0 ? UtpPacketType.State : (UtpPacketType)random.Next(random.Next(20) == 0 ? 5 : 3);
                Receive(
                    type,
                    (ushort)(random.Next(3) == 0 ? random.Next(65536) : SequenceNumber.Plus(500, random.Next(40))),
                    step == 0 ? syn : SequenceNumber.Plus(syn, random.Next(-10, 60)),
                    random.Next(2) * random.Next(1_400),
                    window: (uint)random.Next(random.Next(2) == 0 ? 3_000 : int.MaxValue),
                    mask: new byte[random.Next(8)].Select(_ => (byte)random.Next(256)).ToArray(),
                    on: connection,
                    at: now);
                connection.Write(new byte[random.Next(20_000)]);
                now += random.Next(10) == 0 ? random.NextInt64(20 * UtpLimits.Second) : random.Next(10_000);
                if (connection.NextDeadline <= now)
                {
                    connection.Tick(now);
                }

                connection.Flush(now);
                Assert.InRange(connection.BytesInFlight, 0, LedbatWindow.Most);
                if (random.Next(5) == 0)
                {
                    connection.Read(new byte[random.Next(50_000)]);
                }
            }
        }
    }

    private void Send(int bytes)
    {
        Assert.Equal(bytes, _connection.Write(new byte[bytes]));
        _connection.Flush(0);
    }

    private int ReadAll()
    {
        var buffer = new byte[10 * Capacity];
        return _connection.Read(buffer);
    }

    private void Receive(
        UtpPacketType type, ushort sequence, ushort ack, int payload = 0, ushort id = 1000, uint window = 1_000_000, byte[]? mask = null, UtpConnection? on = null, long at = 0)
    {
        var header = new UtpHeader(type, id, 0, 0, window, sequence, ack);
        var bytes = new byte[2_000];
        var length = UtpPacket.Write(bytes, header, mask ?? []) + payload;
        Assert.True(UtpPacket.TryRead(bytes.AsSpan(0, length), out var packet));
        (on ?? _connection).Receive(packet, at);
        (on ?? _connection).Flush(at);
    }

    private sealed class LastPacket : IUtpOutput
    {
        internal UtpHeader Header { get; private set; }

        public bool TrySend(ReadOnlySpan<byte> datagram)
        {
            Assert.True(UtpPacket.TryRead(datagram, out var packet));
            Header = packet.Header;
            return true;
        }
    }
}
