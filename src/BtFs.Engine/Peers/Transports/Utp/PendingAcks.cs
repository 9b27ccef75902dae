namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>What of the peer's packets has yet to be acknowledged, and whether that can wait.</summary>
/// <param name="capacity">Bytes kept for the reader at most, which the peer was told first.</param>
internal sealed class PendingAcks(int capacity)
{
    private readonly int _quarter = capacity / 4;
    private int _packets;
    private int _advertised = capacity;

    /// <summary>Whether the peer must hear at once.</summary>
    internal bool IsUrgent { get; set; }

    /// <summary>Whether anything has come that was not acknowledged.</summary>
    internal bool AreAny => _packets > 0;

    /// <summary>Whether an acknowledgement is to be sent even if nothing else is.</summary>
    internal bool AreDue => IsUrgent || _packets >= UtpLimits.PacketsPerAck;

    /// <summary>A packet has come.</summary>
    internal void Took(bool isUrgent)
    {
        _packets++;
        IsUrgent |= isUrgent;
    }

    /// <summary>The reader took bytes: the peer may be waiting for room.</summary>
    /// <param name="window">Bytes that may come now.</param>
    internal void MadeRoom(int window) => IsUrgent |= _advertised < _quarter && window - _advertised >= _quarter;

    /// <summary>What has come is not to wait for company.</summary>
    internal void Hurry() => IsUrgent |= AreAny;

    /// <summary>A packet was sent: every one tells how far we have everything, and how much more may come.</summary>
    internal void Sent(int window)
    {
        _packets = 0;
        _advertised = Math.Max(0, window);
    }
}
