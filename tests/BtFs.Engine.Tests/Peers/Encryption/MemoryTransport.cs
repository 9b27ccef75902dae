using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using BtFs.Engine.Peers.Transports;

namespace BtFs.Engine.Tests.Peers.Encryption;

/// <summary>One end of a connection without a network, which hands over as few bytes at a time as a test wants.</summary>
internal sealed class MemoryTransport : IPeerTransport
{
    private readonly Channel<byte> _incoming;
    private readonly Channel<byte> _outgoing;
    private readonly int _atOnce;

    private MemoryTransport(Channel<byte> incoming, Channel<byte> outgoing, int atOnce)
    {
        _incoming = incoming;
        _outgoing = outgoing;
        _atOnce = atOnce;
    }

    public IPAddress? LocalAddress => IPAddress.Parse("192.0.2.7");

    public TimeSpan? RoundTrip => TimeSpan.FromMilliseconds(7);

    /// <summary>How many bytes a send that does not wait takes at most.</summary>
    internal int TakesAtOnce { get; set; } = int.MaxValue;

    internal bool IsDisposed { get; private set; }

    /// <summary>Two ends.</summary>
    /// <param name="atOnce">Bytes that one receive gives at most.</param>
    internal static (MemoryTransport Ours, MemoryTransport Theirs) Pair(int atOnce = int.MaxValue)
    {
        var (one, other) = (Channel.CreateUnbounded<byte>(), Channel.CreateUnbounded<byte>());
        return (new MemoryTransport(one, other, atOnce), new MemoryTransport(other, one, atOnce));
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancel)
    {
        if (!await _incoming.Reader.WaitToReadAsync(cancel))
        {
            return 0;
        }

        var count = 0;
        while (count < Math.Min(into.Length, _atOnce) && _incoming.Reader.TryRead(out var next))
        {
            into.Span[count++] = next;
        }

        return count;
    }

    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        foreach (var next in bytes.Span)
        {
            Put(next);
        }

        return ValueTask.FromResult(bytes.Length);
    }

    public int SendWithoutWaiting(ReadOnlySpan<byte> bytes)
    {
        var taken = bytes[..Math.Min(bytes.Length, TakesAtOnce)];
        foreach (var next in taken)
        {
            Put(next);
        }

        return taken.Length;
    }

    public void AcknowledgeNow()
    {
    }

    /// <summary>Hangs up.</summary>
    public void Dispose()
    {
        IsDisposed = true;
        _outgoing.Writer.TryComplete();
    }

    private void Put(byte next)
    {
        if (!_outgoing.Writer.TryWrite(next))
        {
            throw new SocketException((int)SocketError.ConnectionReset);
        }
    }
}
