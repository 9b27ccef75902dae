using System.Net;
using System.Net.Sockets;

namespace BtFs.Engine.Peers.Transports;

/// <summary>A connected stream of bytes to and from one peer, whatever carries it.</summary>
/// <remarks>
/// One receive and one send at a time; they may overlap each other and every other member. Every member throws <see cref="SocketException"/>
/// when the connection is gone, and <see cref="ObjectDisposedException"/> after <see cref="IDisposable.Dispose"/>, which ends it at once.
/// </remarks>
internal interface IPeerTransport : IDisposable
{
    /// <summary>The address of ours that the connection stands upon, without which it is dead; null where it needs none.</summary>
    IPAddress? LocalAddress { get; }

    /// <summary>The round trip as the transport itself measures it; null while it has not.</summary>
    TimeSpan? RoundTrip { get; }

    /// <summary>How long what we send waits in queues on the way, lately; null where the transport keeps queues short by itself, or cannot tell.</summary>
    TimeSpan? Queuing => null;

    /// <summary>Receives what is there, or waits for it.</summary>
    /// <param name="into">Where it goes. Empty: waits until there is something, and receives nothing.</param>
    /// <param name="cancel">Gives up; what has not been returned is still to be received.</param>
    /// <returns>Bytes received; 0 when the peer has hung up, or for an empty buffer.</returns>
    ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancel);

    /// <summary>Sends all of it.</summary>
    /// <param name="bytes">Read until the task ends.</param>
    /// <param name="cancel">Gives up; how much was sent is not known then, so the connection is of no more use.</param>
    /// <returns>Their number.</returns>
    ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel);

    /// <summary>Sends as much as is taken at once. Never waits.</summary>
    /// <returns>Bytes taken from the front; 0 or more. The same bytes must be the first of the next send.</returns>
    int SendWithoutWaiting(ReadOnlySpan<byte> bytes);

    /// <summary>Acknowledges what was received without delay. Called after each receive while somebody waits for more.</summary>
    void AcknowledgeNow();
}
