using BtFs.Protocol.Utp;

namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>The two numbers of a connection (BEP 29, "connection_id"): the caller chooses one, and the other is one more.</summary>
/// <param name="Receive">On packets to us.</param>
/// <param name="Send">On packets to the peer.</param>
internal readonly record struct UtpIds(ushort Receive, ushort Send)
{
    /// <summary>Of a connection that we open. Its SYN carries <see cref="Receive"/>.</summary>
    internal static UtpIds OfCaller(ushort chosen) => new(chosen, SequenceNumber.Plus(chosen, 1));

    /// <summary>Of a connection that a SYN with this number opens.</summary>
    internal static UtpIds OfCalled(ushort chosen) => new(SequenceNumber.Plus(chosen, 1), chosen);
}
