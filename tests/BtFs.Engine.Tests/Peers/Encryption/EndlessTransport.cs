using System.Net;
using BtFs.Engine.Peers.Transports;

namespace BtFs.Engine.Tests.Peers.Encryption;

/// <summary>Always has bytes and always takes some, at no cost.</summary>
internal sealed class EndlessTransport : IPeerTransport
{
    public IPAddress? LocalAddress => null;

    public TimeSpan? RoundTrip => null;

    public ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancel) => ValueTask.FromResult(into.Length);

    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => ValueTask.FromResult(bytes.Length);

    public int SendWithoutWaiting(ReadOnlySpan<byte> bytes) => bytes.Length;

    public void AcknowledgeNow()
    {
    }

    public void Dispose()
    {
    }
}
