using BtFs.Protocol.Utp;

namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>One uTP connection (BEP 29): a state machine of packets and time. No socket, no clock, no thread of its own.</summary>
/// <remarks>
/// Whoever drives it hands in packets and the time, in microseconds, and calls <see cref="Flush"/> once after a number of packets or calls:
/// nothing is sent before. It wants <see cref="Tick"/> at <see cref="NextDeadline"/>. Not thread-safe.
/// </remarks>
internal sealed class UtpConnection : IDisposable
{
    private readonly UtpIds _ids;
    private readonly SentPackets _sent;
    private readonly ByteRing _unsent = new();
    private readonly SendWindow _window;
    private readonly RoundTripEstimate _roundTrip = new();
    private readonly PathDelays _delays = new();
    private readonly PendingAcks _acks;
    private readonly UtpClocks _clocks;
    private readonly PacketSender _sender;
    private ReceivedPackets _received;
    private int _datagramBytes = UtpLimits.DatagramBytes;
    private int _timeouts;
    private bool _moreFollows;
    private bool _finIsSent;
    private ushort? _secondAnswerTo;

    private UtpConnection(UtpIds ids, ushort next, ushort lastInOrder, IUtpOutput output, long now, int capacity)
    {
        _ids = ids;
        _sent = new SentPackets(next);
        _received = new ReceivedPackets(lastInOrder, capacity);
        _window = new SendWindow(_sent, _roundTrip, _delays);
        _acks = new PendingAcks(capacity);
        _clocks = new UtpClocks { LastSent = now };
        _sender = new PacketSender(ids, output, _sent, _delays, _acks, _clocks) { Received = _received };
    }

    internal UtpState State { get; private set; }

    /// <summary>How it ended.</summary>
    internal UtpEnd End { get; private set; }

    /// <summary>Whether the peer has sent all it will, and all of it was read.</summary>
    internal bool IsReadToEnd => _received.HasEnded && _received.Readable == 0;

    /// <summary>Whether <see cref="Read"/> would give anything.</summary>
    internal bool IsReadable => _received.Readable > 0;

    /// <summary>Whether <see cref="Write"/> would take a good deal.</summary>
    internal bool IsWritable => State == UtpState.Connected && _unsent.Count <= UtpLimits.UnsentBytes / 2;

    /// <summary>The round trip; null until one was measured.</summary>
    internal long? RoundTrip => _roundTrip.Smoothed;

    /// <summary>Payload on its way, for tests.</summary>
    internal int BytesInFlight => _sent.BytesInFlight;

    /// <summary>What we would have on its way at most, for tests.</summary>
    internal int CongestionWindow => _window.Congestion;

    /// <summary>Microseconds that our packets lately spent in queues, for tests.</summary>
    internal long QueuingDelay => _window.Queuing;

    /// <summary>When <see cref="Tick"/> is wanted; <see cref="long.MaxValue"/> for never.</summary>
    internal long NextDeadline => State == UtpState.Ended ? long.MaxValue : _clocks.Next;

    /// <summary>Opens a connection: the SYN goes with the first <see cref="Flush"/>.</summary>
    /// <param name="ids">Ours, see <see cref="UtpIds.OfCaller"/>.</param>
    /// <param name="first">The first sequence number.</param>
    /// <param name="output">Where packets go.</param>
    /// <param name="now">The time.</param>
    /// <param name="capacity">Bytes kept for the reader at most.</param>
    internal static UtpConnection Call(UtpIds ids, ushort first, IUtpOutput output, long now, int capacity = UtpLimits.ReceiveWindow)
    {
        var connection = new UtpConnection(ids, first, lastInOrder: 0, output, now, capacity) { State = UtpState.Calling };
        connection._sent.Add(payload: 0);
        return connection;
    }

    /// <summary>Goes on where a SYN was answered already: the first packet after it is here, and to be handed to <see cref="Receive"/> next.</summary>
    /// <inheritdoc cref="Call"/>
    /// <param name="ids">Ours, see <see cref="UtpIds.OfCalled"/>.</param>
    /// <param name="next">The sequence number that the answer named.</param>
    /// <param name="syn">That of the SYN.</param>
    internal static UtpConnection Answer(UtpIds ids, ushort next, ushort syn, IUtpOutput output, long now, int capacity = UtpLimits.ReceiveWindow) =>
        new(ids, next, syn, output, now, capacity) { State = UtpState.Connected };

    /// <summary>Takes bytes to send, as many as may wait.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="moreFollows">Whether more come at once when there is room: then no packet is sent that is not full.</param>
    /// <returns>Bytes taken from the front; 0 while the connection is not open.</returns>
    internal int Write(ReadOnlySpan<byte> bytes, bool moreFollows = false)
    {
        if (State != UtpState.Connected)
        {
            return 0;
        }

        var count = Math.Min(bytes.Length, Math.Max(0, UtpLimits.UnsentBytes - _unsent.Count));
        _unsent.Add(bytes[..count]);
        _moreFollows = moreFollows || count < bytes.Length;
        return count;
    }

    /// <summary>Takes out what has come in order.</summary>
    internal int Read(Span<byte> into)
    {
        var count = _received.Read(into);
        if (count > 0)
        {
            _acks.MadeRoom(_received.Window);
        }

        return count;
    }

    /// <summary>What has come is acknowledged with the next <see cref="Flush"/>, even if it is a single packet.</summary>
    internal void AcknowledgeNow() => _acks.Hurry();

    /// <summary>Sends what is left and then a FIN; nothing more is read. Idempotent.</summary>
    internal void Close(long now)
    {
        if (State == UtpState.Calling)
        {
            EndAs(UtpEnd.Closed);
        }
        else if (State == UtpState.Connected)
        {
            State = UtpState.Closing;
            _moreFollows = false;
            _clocks.Linger = now + UtpLimits.Linger;
            _received.Discard();
        }
    }

    /// <summary>Ends at once, and tells the peer so.</summary>
    internal void Abort(long now)
    {
        if (State is UtpState.Connected or UtpState.Closing)
        {
            _sender.Reset(now);
        }

        EndAs(UtpEnd.Closed);
    }

    /// <summary>A packet with our number has come from the peer's address.</summary>
    internal void Receive(in UtpPacket packet, long now)
    {
        var header = packet.Header;
        if (State == UtpState.Ended || !IsPlausible(header))
        {
            return;
        }

        if (header.Type == UtpPacketType.Reset)
        {
            EndAs(UtpEnd.Reset);
            return;
        }

        if (State == UtpState.Calling)
        {
            if (header.Type != UtpPacketType.State || header.Ack != _sent.First)
            {
                return;
            }

            _secondAnswerTo = _sent.Transmissions > 1 ? header.Ack : null;

            // Such a packet carries the number of the next one that has one.
            ExpectFrom(header.Sequence);
            State = UtpState.Connected;
        }
        else if (header.Type is UtpPacketType.Data or UtpPacketType.Fin || _secondAnswerTo != header.Ack)
        {
            _secondAnswerTo = null;
        }

        if (IsSecondAnswer(header))
        {
            ExpectFrom(header.Sequence);
        }

        _timeouts = 0;
        _delays.Measure(header, now);
        if (_window.Hear(packet, now))
        {
            _clocks.Retransmit = long.MaxValue;
        }

        if (header.Type is UtpPacketType.Data or UtpPacketType.Fin)
        {
            Take(packet);
        }
    }

    /// <summary>Sends all that may be sent now.</summary>
    internal void Flush(long now)
    {
        if (State == UtpState.Ended)
        {
            return;
        }

        if (State == UtpState.Closing && _finIsSent && _sent.Count == 0)
        {
            _acks.Hurry();
            Acknowledge(now);
            EndAs(UtpEnd.Closed);
            return;
        }

        _clocks.Blocked = long.MaxValue;
        _window.Begin();
        if (_sent.Count == 0 && now - _clocks.LastSent > _roundTrip.Timeout)
        {
            _window.Rested();
        }

        var isOpen = _sender.SendDue(_window, State == UtpState.Calling, now);
        while (isOpen && State != UtpState.Calling && MakePacket())
        {
            isOpen = _sender.SendDue(_window, State == UtpState.Calling, now);
        }

        Acknowledge(now);
        SetClocks(now);
    }

    /// <summary>Time has passed.</summary>
    internal void Tick(long now)
    {
        if (State == UtpState.Ended)
        {
            return;
        }

        if (now >= _clocks.Linger)
        {
            Abort(now);
            return;
        }

        if (now >= _clocks.Retransmit)
        {
            _clocks.Retransmit = long.MaxValue;
            OnTimeout();
        }

        if (now >= _clocks.Probe)
        {
            _clocks.Probe = long.MaxValue;
            _window.Probe();
            _roundTrip.Double();
        }

        _acks.IsUrgent |= now >= _clocks.Ack || now - _clocks.LastSent >= UtpLimits.KeepAlive;
        Flush(now);
    }

    /// <summary>Gives all memory back.</summary>
    public void Dispose()
    {
        _sent.Dispose();
        _received.Dispose();
        _unsent.Dispose();
    }

    /// <summary>The peer's first packet will have this number.</summary>
    private void ExpectFrom(ushort number) =>
        _sender.Received = _received = _received.Anew(SequenceNumber.Plus(number, -1));

    /// <summary>Whether a packet can be the peer's: what it acknowledges was sent, and not too long ago.</summary>
    private bool IsPlausible(UtpHeader header)
    {
        var id = header.ConnectionId;

        // Who knows nothing of a connection does not know which of its numbers is whose.
        var isOurs = id == _ids.Receive || (header.Type == UtpPacketType.Reset && id == _ids.Send);
        var behind = SequenceNumber.Ahead(header.Ack, _sent.First);
        return isOurs && header.Type != UtpPacketType.Syn && (_sent.CanBeAcked(header.Ack) || (behind < -1 && behind >= -UtpLimits.PacketsInFlight));
    }

    /// <summary>
    /// Whether a SYN that was sent twice is answered once more: libtorrent begins anew then, under another number, and knows nothing of the first.
    /// Only as long as nothing else has come.
    /// </summary>
    private bool IsSecondAnswer(UtpHeader header) =>
        header.Type == UtpPacketType.State && _secondAnswerTo == header.Ack && header.Sequence != SequenceNumber.Plus(_received.LastInOrder, 1);

    private void Take(in UtpPacket packet)
    {
        var header = packet.Header;
        var hadGap = _received.HasGap;
        var isNext = _received.Add(header.Sequence, packet.Payload, header.Type == UtpPacketType.Fin);

        // What the sender must hear soon: something is missing or has been, came twice, or is the end.
        _acks.Took(isUrgent: !isNext || hadGap || header.Type == UtpPacketType.Fin);
        if (State == UtpState.Closing)
        {
            // Nobody reads it any more, but the peer cannot end before it is acknowledged.
            _received.Discard();
        }
    }

    private void OnTimeout()
    {
        _timeouts++;
        if (_timeouts > (State == UtpState.Calling ? UtpLimits.SynResends : UtpLimits.Timeouts))
        {
            EndAs(UtpEnd.TimedOut);
            return;
        }

        if (_timeouts >= UtpLimits.TimeoutsToShrink)
        {
            _datagramBytes = UtpLimits.SmallDatagramBytes;
        }

        _window.TimedOut();
        _roundTrip.Double();
    }

    /// <summary>Cuts the next packet from what waits.</summary>
    /// <returns>False when there is nothing to send, or it may not be sent now.</returns>
    private bool MakePacket()
    {
        if (_sent.Count >= UtpLimits.PacketsInFlight)
        {
            _window.IsFull();
            return false;
        }

        var most = _datagramBytes - UtpHeader.Bytes;
        var size = Math.Min(_unsent.Count, most);
        if (size == 0)
        {
            return MakeFin();
        }

        if (size < most && _moreFollows)
        {
            return false;
        }

        if (_sent.Count == 0)
        {
            // With nothing on its way something always goes, as much as the peer takes.
            size = (int)Math.Min(size, _window.Theirs);
        }

        if (size == 0 || !_window.Fits(size))
        {
            return false;
        }

        ref var packet = ref _sent.Add(size);
        _unsent.Take(packet.Datagram.AsSpan(UtpHeader.Bytes, size));
        return true;
    }

    private bool MakeFin()
    {
        if (State != UtpState.Closing || _finIsSent)
        {
            return false;
        }

        _finIsSent = true;
        _sender.Fin = _sent.Next;
        _sent.Add(payload: 0);
        return true;
    }

    private void Acknowledge(long now)
    {
        if (State != UtpState.Calling && _acks.AreDue)
        {
            _sender.Acknowledge(now);
        }
    }

    private void SetClocks(long now)
    {
        var patience = State == UtpState.Calling ? UtpLimits.SynTimeout << _timeouts : _roundTrip.Timeout;
        var isShut = _sent.Count == 0 && _unsent.Count > 0 && !_moreFollows;
        _clocks.Set(now, _sent.Count > 0 ? patience : null, isShut ? _roundTrip.Timeout : null, _acks.AreAny);
    }

    private void EndAs(UtpEnd end)
    {
        State = UtpState.Ended;
        End = end;
        _sent.Dispose();
        _unsent.Dispose();
    }
}
