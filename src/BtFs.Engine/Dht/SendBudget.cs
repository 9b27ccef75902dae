namespace BtFs.Engine.Dht;

/// <summary>What may be sent now: so that nobody's line is filled, ours or that of somebody whose address is forged.</summary>
internal sealed class SendBudget
{
    private double _bytes = DhtLimits.SendRate;
    private TimeSpan _at;

    /// <summary>Takes the right to send a packet, or none.</summary>
    /// <param name="bytes">Its length.</param>
    /// <param name="isAnswer">Whether it answers somebody: answers leave a reserve for our own queries.</param>
    /// <param name="now">The moment.</param>
    internal bool TryTake(int bytes, bool isAnswer, TimeSpan now)
    {
        Refill(now);
        if (_bytes - bytes < (isAnswer ? DhtLimits.SendReserve : 0))
        {
            return false;
        }

        _bytes -= bytes;
        return true;
    }

    /// <summary>Whether there is so much that something which can wait may be sent.</summary>
    internal bool IsAmple(TimeSpan now)
    {
        Refill(now);
        return _bytes >= DhtLimits.SendReserve;
    }

    private void Refill(TimeSpan now)
    {
        _bytes = Math.Min(DhtLimits.SendRate, _bytes + (DhtLimits.SendRate * (now - _at).TotalSeconds));
        _at = now;
    }
}
