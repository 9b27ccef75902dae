namespace BtFs.Engine.Peers;

/// <summary>Whether a CANCEL has an effect on a peer: said by what it is, learnt from what it does.</summary>
/// <remarks>
/// Without Fast nothing tells whether a cancelled block still comes; Transmission, which has Fast, drops the request without a word.
/// Others send every cancelled block all the same, because it was in their output buffer already.
/// </remarks>
internal sealed class CancelHabit(PeerHello hello)
{
    /// <summary>Cancels after which a peer is judged.</summary>
    internal const int Trial = 16;

    /// <summary>Share of cancels that must have spared us the block.</summary>
    internal const double LeastEffect = 0.2;

    private bool _isIgnored = !hello.Fast || hello.Id.IsOf("-TR"u8);
    private int _answered;
    private int _effective;

    /// <summary>Whether a CANCEL is worth sending.</summary>
    internal bool IsWorthwhile => !_isIgnored;

    /// <summary>A cancelled request was answered.</summary>
    /// <param name="wasSpared">By REJECT, not by the block.</param>
    internal void Answered(bool wasSpared)
    {
        _answered++;
        _effective += wasSpared ? 1 : 0;
        _isIgnored |= _answered >= Trial && _effective < LeastEffect * _answered;
    }

    /// <summary>The answer is long overdue: there is none.</summary>
    internal void Unanswered() => _isIgnored = true;
}
