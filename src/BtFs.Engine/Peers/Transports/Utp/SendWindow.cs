using BtFs.Protocol.Utp;

namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>How much may be on its way to the peer, and what its acknowledgements say of that.</summary>
/// <param name="sent">What was sent and is not acknowledged.</param>
/// <param name="roundTrip">How long acknowledgements take.</param>
/// <param name="delays">How long packets wait in queues.</param>
internal sealed class SendWindow(SentPackets sent, RoundTripEstimate roundTrip, PathDelays delays)
{
    private readonly LedbatWindow _congestion = new();
    private int _duplicates;
    private long _cutBefore;
    private bool _wasFull;

    /// <summary>Bytes that the line takes.</summary>
    internal int Congestion => _congestion.Bytes;

    /// <summary>Bytes that the peer takes.</summary>
    internal long Theirs { get; private set; }

    /// <summary>Microseconds that packets lately waited. Nothing waits longer than the round trip: what says more are clocks that were set.</summary>
    internal long Queuing => Math.Min(delays.Queuing, roundTrip.Smoothed ?? long.MaxValue);

    /// <summary>Packets are about to be made.</summary>
    internal void Begin() => _wasFull = false;

    /// <summary>As many packets are on their way as may be.</summary>
    internal void IsFull() => _wasFull = true;

    /// <summary>Whether so much more payload may go.</summary>
    internal bool Fits(int size)
    {
        if (sent.BytesInFlight == 0)
        {
            return true;
        }

        var isCongested = sent.BytesInFlight + size > _congestion.Bytes;
        _wasFull = isCongested;
        return !isCongested && sent.BytesInFlight + size <= Theirs;
    }

    /// <summary>A packet has come, which says what the peer has and takes.</summary>
    /// <returns>Whether anything new was acknowledged.</returns>
    internal bool Hear(in UtpPacket packet, long now)
    {
        var header = packet.Header;
        if (SequenceNumber.Ahead(header.Ack, sent.First) < -1)
        {
            // Overtaken by a later one.
            return false;
        }

        var wasShut = Theirs <= UtpLimits.ProbeBytes && header.Window > Theirs;
        Theirs = header.Window;
        var wasFull = _wasFull;
        if (sent.Acknowledge(header.Ack, packet.SelectiveAck, now, out var sample) is { } bytes)
        {
            if (sample is { } measured)
            {
                roundTrip.Add(measured);
            }

            _duplicates = 0;
            roundTrip.Progressed();
            _congestion.Acknowledged(bytes, Queuing, wasFull);
            Cut(sent.FindLost(packet.SelectiveAck));
            return true;
        }

        if (wasShut)
        {
            // What went out to see whether the window is open was thrown away.
            sent.LoseFirst();
        }
        else if (header.Type == UtpPacketType.State && sent.Count > 0 && packet.SelectiveAck.IsEmpty && ++_duplicates == UtpLimits.Reordering)
        {
            Cut(sent.LoseFirst());
        }

        return false;
    }

    /// <summary>Nothing was acknowledged in time: all that is on its way is to be sent again.</summary>
    internal void TimedOut()
    {
        sent.LoseAll();
        _duplicates = 0;
        _cutBefore = sent.Transmissions;
        _congestion.TimedOut();
    }

    /// <summary>Nothing was sent for a while.</summary>
    internal void Rested() => _congestion.Rested();

    /// <summary>The peer's window was closed for a while: a packet finds out whether it still is.</summary>
    internal void Probe() => Theirs = Math.Max(Theirs, UtpLimits.ProbeBytes);

    /// <summary>A packet is lost: the window is halved, but only once for all that was sent before that.</summary>
    private void Cut(long? lostTransmission)
    {
        if (lostTransmission >= _cutBefore)
        {
            _cutBefore = sent.Transmissions;
            _congestion.Lost();
        }
    }
}
