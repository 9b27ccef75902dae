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
    private readonly IUtpOutput _output;
    private readonly SentPackets _sent;
    private readonly ByteRing _unsent = new();
    private readonly LedbatWindow _congestion = new();
    private readonly RoundTripEstimate _roundTrip = new();
    private readonly DelayHistory _ourDelays = new();
    private readonly DelayHistory _theirDelays = new();
    private readonly UtpClocks _clocks;
    private readonly int _capacity;
    private ReceivedPackets _received;
    private int _datagramBytes = UtpLimits.DatagramBytes;
    private uint _theirDelay;
    private long _theirWindow;
    private int _timeouts;
    private int _duplicates;
    private long _cutBefore;
    private int _unacknowledged;
    private int _advertised;
    private bool _mustAcknowledge;
    private bool _moreFollows;
    private bool _wasFull;
    private bool _finIsSent;
    private ushort? _ownFin;
    private ushort? _secondAnswerTo;

    private UtpConnection(UtpIds ids, ushort next, ushort lastInOrder, IUtpOutput output, long now, int capacity)
    {
        _ids = ids;
        _output = output;
        _sent = new SentPackets(next);
        _received = new ReceivedPackets(lastInOrder, capacity);
        _capacity = _advertised = capacity;
        _clocks = new UtpClocks { LastSent = now };
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
    internal int CongestionWindow => _congestion.Bytes;

    /// <summary>Microseconds that our packets lately spent in queues, for tests.</summary>
    internal long QueuingDelay => QueuingNow();

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
    /// <param name="ids">Ours, see <see cref="UtpIds.OfCalled"/>.</param>
    /// <param name="next">The sequence number that the answer named.</param>
    /// <param name="syn">That of the SYN.</param>
    /// <param name="output">Where packets go.</param>
    /// <param name="now">The time.</param>
    /// <param name="capacity">Bytes kept for the reader at most.</param>
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

        // The peer may be waiting for room.
        _mustAcknowledge |= count > 0 && _advertised < _capacity / 4 && _received.Window - _advertised >= _capacity / 4;
        return count;
    }

    /// <summary>What has come is acknowledged with the next <see cref="Flush"/>, even if it is a single packet.</summary>
    internal void AcknowledgeNow() => _mustAcknowledge |= _unacknowledged > 0;

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
            SendPlain(UtpPacketType.Reset, [], now);
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
            _received = new ReceivedPackets(SequenceNumber.Plus(header.Sequence, -1), _capacity);
            State = UtpState.Connected;
        }
        else if (header.Type is UtpPacketType.Data or UtpPacketType.Fin || _secondAnswerTo != header.Ack)
        {
            _secondAnswerTo = null;
        }

        if (IsSecondAnswer(header))
        {
            _received = new ReceivedPackets(SequenceNumber.Plus(header.Sequence, -1), _capacity);
        }

        _timeouts = 0;
        Measure(header, now);
        HearAcks(packet, now);
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
            _mustAcknowledge |= _unacknowledged > 0;
            Acknowledge(now);
            EndAs(UtpEnd.Closed);
            return;
        }

        _clocks.Blocked = long.MaxValue;
        _wasFull = false;
        if (_sent.Count == 0 && now - _clocks.LastSent > _roundTrip.Timeout)
        {
            _congestion.Rested();
        }

        var isOpen = SendDue(now);
        while (isOpen && State != UtpState.Calling && MakePacket())
        {
            isOpen = SendDue(now);
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
            // The window was closed for a while: a packet finds out whether it still is.
            _clocks.Probe = long.MaxValue;
            _theirWindow = Math.Max(_theirWindow, UtpLimits.ProbeBytes);
            _roundTrip.Double();
        }

        _mustAcknowledge |= now >= _clocks.Ack || now - _clocks.LastSent >= UtpLimits.KeepAlive;
        Flush(now);
    }

    /// <summary>Gives all memory back.</summary>
    public void Dispose()
    {
        _sent.Dispose();
        _received.Dispose();
        _unsent.Dispose();
    }

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

    private void Measure(UtpHeader header, long now)
    {
        _theirDelay = unchecked((uint)now - header.Timestamp);
        var baseBefore = _theirDelays.Base;
        var wasMeasured = _theirDelays.IsMeasured;
        _theirDelays.Add(_theirDelay, now);

        // A path does not get shorter: when packets to us come sooner than ever, the peer's clock runs slower than ours, and what it measures grows.
        var drift = DelayHistory.Above(baseBefore, _theirDelays.Base);
        if (wasMeasured && drift is > 0 and < (int)(10 * UtpLimits.Millisecond))
        {
            _ourDelays.Shift((uint)drift);
        }

        if (header.Delay != 0)
        {
            _ourDelays.Add(header.Delay, now);
        }
    }

    private void HearAcks(in UtpPacket packet, long now)
    {
        var header = packet.Header;
        if (SequenceNumber.Ahead(header.Ack, _sent.First) < -1)
        {
            // Overtaken by a later one.
            return;
        }

        var wasShut = _theirWindow <= UtpLimits.ProbeBytes && header.Window > _theirWindow;
        _theirWindow = header.Window;
        var wasFull = _wasFull;
        if (_sent.Acknowledge(header.Ack, packet.SelectiveAck, now, out var sample) is { } bytes)
        {
            if (sample is { } roundTrip)
            {
                _roundTrip.Add(roundTrip);
            }

            _duplicates = 0;
            _roundTrip.Progressed();
            _clocks.Retransmit = long.MaxValue;
            _congestion.Acknowledged(bytes, QueuingNow(), wasFull);
            Cut(_sent.FindLost(packet.SelectiveAck));
        }
        else if (wasShut)
        {
            // What went out to see whether the window is open was thrown away.
            _sent.LoseFirst();
        }
        else if (header.Type == UtpPacketType.State && _sent.Count > 0 && packet.SelectiveAck.IsEmpty && ++_duplicates == UtpLimits.Reordering)
        {
            Cut(_sent.LoseFirst());
        }
    }

    /// <summary>A packet is lost: the window is halved, but only once for all that was sent before that.</summary>
    private void Cut(long? lostTransmission)
    {
        if (lostTransmission >= _cutBefore)
        {
            _cutBefore = _sent.Transmissions;
            _congestion.Lost();
        }
    }

    private long QueuingNow() =>

        // Nothing waits longer than the round trip: what says more are clocks that were set.
        Math.Min(_ourDelays.Queuing, _roundTrip.Smoothed ?? long.MaxValue);

    private void Take(in UtpPacket packet)
    {
        var header = packet.Header;
        _unacknowledged++;
        var hadGap = _received.HasGap;
        var isNext = _received.Add(header.Sequence, packet.Payload, header.Type == UtpPacketType.Fin);

        // What the sender must hear soon: something is missing or has been, came twice, or is the end.
        _mustAcknowledge |= !isNext || hadGap || header.Type == UtpPacketType.Fin;
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

        _sent.LoseAll();
        _duplicates = 0;
        _cutBefore = _sent.Transmissions;
        _congestion.TimedOut();
        _roundTrip.Double();
    }

    /// <summary>Cuts the next packet from what waits.</summary>
    /// <returns>False when there is nothing to send, or it may not be sent now.</returns>
    private bool MakePacket()
    {
        if (_sent.Count >= UtpLimits.PacketsInFlight)
        {
            _wasFull = true;
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
            size = (int)Math.Min(size, _theirWindow);
        }

        if (size == 0 || !Fits(size))
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
        _ownFin = _sent.Next;
        _sent.Add(payload: 0);
        return true;
    }

    private bool Fits(int size)
    {
        if (_sent.BytesInFlight == 0)
        {
            return true;
        }

        var isCongested = _sent.BytesInFlight + size > _congestion.Bytes;
        _wasFull = isCongested;
        return !isCongested && _sent.BytesInFlight + size <= _theirWindow;
    }

    /// <summary>Sends what is due, as far as the windows allow.</summary>
    /// <returns>False when something due could not go.</returns>
    private bool SendDue(long now)
    {
        while (_sent.Due > 0)
        {
            ref var packet = ref _sent.NextDue(out var number);
            if (!Fits(packet.Payload))
            {
                return false;
            }

            var datagram = packet.Datagram.AsSpan(0, UtpHeader.Bytes + packet.Payload);
            HeaderOf(number, now).Write(datagram);
            if (!_output.TrySend(datagram))
            {
                _clocks.Blocked = now + UtpLimits.BlockedPause;
                return false;
            }

            _sent.Sent(ref packet, now);
            Acknowledged(now);

            // A gap can only be told by a packet of its own.
            _mustAcknowledge &= _received.HasGap;
        }

        return true;
    }

    private UtpHeader HeaderOf(ushort number, long now)
    {
        var type = State == UtpState.Calling ? UtpPacketType.Syn : number == _ownFin ? UtpPacketType.Fin : UtpPacketType.Data;
        return Header(type, number, now) with { ConnectionId = type == UtpPacketType.Syn ? _ids.Receive : _ids.Send };
    }

    private void Acknowledge(long now)
    {
        if (State != UtpState.Calling && (_mustAcknowledge || _unacknowledged >= UtpLimits.PacketsPerAck))
        {
            Span<byte> mask = stackalloc byte[UtpLimits.MaskBytes];
            SendPlain(UtpPacketType.State, mask[.._received.WriteMask(mask)], now);
        }
    }

    private void SendPlain(UtpPacketType type, ReadOnlySpan<byte> mask, long now)
    {
        Span<byte> datagram = stackalloc byte[UtpHeader.Bytes + UtpPacket.ExtensionPrefix + UtpLimits.MaskBytes];
        if (_output.TrySend(datagram[..UtpPacket.Write(datagram, Header(type, _sent.Next, now), mask)]))
        {
            _mustAcknowledge = false;
            Acknowledged(now);
        }
        else
        {
            _clocks.Blocked = now + UtpLimits.BlockedPause;
        }
    }

    private UtpHeader Header(UtpPacketType type, ushort number, long now) => new(
        type, _ids.Send, unchecked((uint)now), _theirDelay, (uint)Math.Max(0, _received.Window), number, _received.LastInOrder);

    // Whatever was sent tells how far we have everything, and how much more may come.
    private void Acknowledged(long now)
    {
        _unacknowledged = 0;
        _advertised = Math.Max(0, _received.Window);
        _clocks.LastSent = now;
    }

    private void SetClocks(long now)
    {
        if (_sent.Count == 0)
        {
            _clocks.Retransmit = long.MaxValue;
        }
        else if (_clocks.Retransmit == long.MaxValue)
        {
            _clocks.Retransmit = now + (State == UtpState.Calling ? UtpLimits.SynTimeout << _timeouts : _roundTrip.Timeout);
        }

        var isShut = _sent.Count == 0 && _unsent.Count > 0 && !_moreFollows;
        _clocks.Probe = !isShut ? long.MaxValue : Math.Min(_clocks.Probe, now + _roundTrip.Timeout);
        _clocks.Ack = _unacknowledged == 0 ? long.MaxValue : Math.Min(_clocks.Ack, now + UtpLimits.AckDelay);
    }

    private void EndAs(UtpEnd end)
    {
        State = UtpState.Ended;
        End = end;
        _sent.Dispose();
        _unsent.Dispose();
    }
}
