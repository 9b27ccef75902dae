using BtFs.Engine.Peers.Transports.Utp;
using BtFs.Protocol.Utp;

namespace BtFs.Engine.Tests.Peers.Utp;

/// <summary>What happens to packets on their way.</summary>
internal sealed record LineShape
{
    /// <summary>Microseconds from one end to the other, and at most so many more for some: they overtake each other.</summary>
    internal long Delay { get; init; } = 10_000;
    internal long Jitter { get; init; }
    internal double Loss { get; init; }
    internal double Duplication { get; init; }

    /// <summary>Bytes a second of the narrowest place, and bytes that wait before it at most.</summary>
    internal double Rate { get; init; } = double.PositiveInfinity;
    internal int Queue { get; init; } = int.MaxValue;

    /// <summary>Datagrams longer than this disappear.</summary>
    internal int MaxDatagram { get; init; } = int.MaxValue;
}

/// <summary>Two ends of one uTP connection and the line between them, in virtual time. The same seed does the same.</summary>
internal sealed class SimulatedLine : IDisposable
{
    private readonly PriorityQueue<Action, (long At, int Number)> _events = new();
    private readonly Random _random;
    private readonly int _receiveWindow;
    private int _number;

    /// <param name="shape">The line, both ways.</param>
    /// <param name="seed">Of all chance.</param>
    /// <param name="receiveWindow">Of both ends.</param>
    internal SimulatedLine(LineShape shape, int seed, int receiveWindow = UtpLimits.ReceiveWindow)
    {
        Shape = shape;
        _random = new Random(seed);

        // Clocks that know nothing of each other, and numbers that may be about to wrap around.
        Caller = new SimulatedEnd(this, _random.NextInt64(1L << 33), receiveWindow);
        Called = new SimulatedEnd(this, _random.NextInt64(1L << 33), receiveWindow);
        (Caller.Other, Called.Other) = (Called, Caller);
        _receiveWindow = receiveWindow;
        Call();
    }

    internal LineShape Shape { get; set; }

    /// <summary>Microseconds.</summary>
    internal long Now { get; private set; }

    internal SimulatedEnd Caller { get; }

    internal SimulatedEnd Called { get; }

    /// <summary>Calls, once more where nobody answered.</summary>
    internal void Call()
    {
        Caller.Connection?.Dispose();
        Caller.Connection = UtpConnection.Call(UtpIds.OfCaller((ushort)_random.Next(65536)), (ushort)_random.Next(65536), Caller, Caller.Now, _receiveWindow);
    }

    internal bool Happens(double chance) => _random.NextDouble() < chance;

    internal long Chance(long below) => below == 0 ? 0 : _random.NextInt64(below);

    internal void At(long time, Action what) => _events.Enqueue(what, (time, _number++));

    /// <summary>Lets things happen until a condition holds, or time has passed.</summary>
    /// <returns>Whether it holds.</returns>
    internal bool RunUntil(Func<bool> isDone, TimeSpan atMost)
    {
        var end = Now + (long)atMost.TotalMicroseconds;
        Caller.Settle();
        Called.Settle();
        while (!isDone())
        {
            var nextTick = Math.Min(Caller.TickAt, Called.TickAt);
            var nextEvent = _events.TryPeek(out _, out var priority) ? priority.At : long.MaxValue;
            var next = Math.Min(nextTick, nextEvent);
            if (next > end)
            {
                Now = end;
                return isDone();
            }

            Now = Math.Max(Now, next);
            if (nextEvent <= nextTick)
            {
                _events.Dequeue()();
            }
            else
            {
                (Caller.TickAt <= Called.TickAt ? Caller : Called).Tick();
            }
        }

        return true;
    }

    public void Dispose()
    {
        Caller.Connection?.Dispose();
        Called.Connection?.Dispose();
    }
}

/// <summary>One end: its clock, what it is to send, and what it has received.</summary>
internal sealed class SimulatedEnd(SimulatedLine line, long clockOffset, int receiveWindow) : IUtpOutput
{
    // Its numbers, too, come from the seed alone.
    private readonly UtpGreeter _greeter = new([.. Enumerable.Repeat((byte)7, 32)]);
    private readonly List<byte> _received = [];
    private byte[] _toSend = [];
    private int _sent;
    private double _lineFreeAt;
    private bool _willRead;

    internal SimulatedEnd Other { get; set; } = null!;

    internal UtpConnection? Connection { get; set; }

    internal long Now => line.Now + clockOffset + Skew;

    /// <summary>Microseconds by which the clock has gone wrong so far.</summary>
    internal long Skew { get; set; }

    internal IReadOnlyList<byte> Received => _received;

    /// <summary>Bytes read at most every 10 ms, and whenever something comes.</summary>
    internal int Appetite { get; set; } = int.MaxValue;

    internal bool HasSentAll => _sent == _toSend.Length;

    internal int PacketsSent { get; private set; }

    internal int LongestSent { get; private set; }

    internal long TickAt => Connection is null or { NextDeadline: long.MaxValue } ? long.MaxValue : Math.Max(line.Now, Connection.NextDeadline - clockOffset - Skew);

    internal void Send(byte[] bytes) => (_toSend, _sent) = (bytes, 0);

    public bool TrySend(ReadOnlySpan<byte> datagram)
    {
        var shape = line.Shape;
        PacketsSent++;
        LongestSent = Math.Max(LongestSent, datagram.Length);
        var copies = line.Happens(shape.Duplication) ? 2 : 1;
        if (line.Happens(shape.Loss) || datagram.Length > shape.MaxDatagram)
        {
            return true;
        }

        var start = Math.Max(_lineFreeAt, line.Now);
        if ((start - line.Now) * shape.Rate / 1e6 > shape.Queue)
        {
            return true;
        }

        _lineFreeAt = start + (datagram.Length * 1e6 / shape.Rate);
        for (var i = 0; i < copies; i++)
        {
            var bytes = datagram.ToArray();
            line.At((long)_lineFreeAt + shape.Delay + line.Chance(shape.Jitter), () => Other.Receive(bytes));
        }

        return true;
    }

    internal void Receive(byte[] datagram)
    {
        Assert.True(UtpPacket.TryRead(datagram, out var packet));
        if (Connection is null)
        {
            // As an endpoint does.
            var key = new UtpKey(1, 1, packet.Header.ConnectionId);
            if (packet.Header.Type == UtpPacketType.Syn)
            {
                var reply = new byte[UtpHeader.Bytes];
                _greeter.Answer(reply, packet.Header, key, Now);
                TrySend(reply);
                return;
            }

            var chosen = SequenceNumber.Plus(key.Id, -1);
            if (_greeter.Recognize(packet.Header, key with { Id = chosen }, Now) is not { } number)
            {
                return;
            }

            Connection = UtpConnection.Answer(UtpIds.OfCalled(chosen), number, SequenceNumber.Plus(packet.Header.Sequence, -1), this, Now, receiveWindow);
        }

        if (packet.Header.Type != UtpPacketType.Syn)
        {
            Connection.Receive(packet, Now);
        }

        Settle();
    }

    private void ReadOn()
    {
        _willRead = false;
        Settle();
    }

    internal void Tick()
    {
        Connection!.Tick(Now);
        Settle();
    }

    /// <summary>Reads and writes as much as goes.</summary>
    internal void Settle()
    {
        if (Connection is not { } connection)
        {
            return;
        }

        var buffer = new byte[Math.Min(Appetite, 64 * 1024)];
        for (int count, left = Appetite; left > 0 && (count = connection.Read(buffer.AsSpan(0, Math.Min(left, buffer.Length)))) > 0; left -= count)
        {
            _received.AddRange(buffer.AsSpan(0, count));
        }

        if (Appetite > 0 && connection.IsReadable && !_willRead)
        {
            _willRead = true;
            line.At(line.Now + 10_000, ReadOn);
        }

        int taken;
        do
        {
            taken = connection.Write(_toSend.AsSpan(_sent));
            _sent += taken;
            connection.Flush(Now);
        }
        while (taken > 0);
    }
}
