using BtFs.Engine.Peers.Transports;
using BtFs.Protocol;

namespace BtFs.Engine.Peers.Encryption;

/// <summary>Receives no byte more than is asked for, so what follows a handshake is still to be received by whoever comes next.</summary>
internal readonly struct ExactReader(IPeerTransport transport, CancellationToken cancel)
{
    /// <summary>Fills a place.</summary>
    /// <exception cref="HungUpException">The connection ended first.</exception>
    internal async ValueTask ReadAsync(Memory<byte> into)
    {
        while (into.Length > 0)
        {
            var count = await transport.ReceiveAsync(into, cancel);
            into = count > 0 ? into[count..] : throw new HungUpException();
        }
    }

    /// <summary>So many bytes.</summary>
    /// <exception cref="HungUpException">The connection ended first.</exception>
    internal async ValueTask<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await ReadAsync(bytes);
        return bytes;
    }

    /// <summary>Receives until a mark has come, behind a pad of unknown length.</summary>
    /// <param name="mark">What to look for.</param>
    /// <param name="maxPad">Bytes that may come before it.</param>
    /// <exception cref="HungUpException">The connection ended first.</exception>
    /// <exception cref="ProtocolViolationException">It has not come where it must at last.</exception>
    internal async ValueTask SkipToAsync(byte[] mark, int maxPad)
    {
        var bytes = new byte[maxPad + mark.Length];
        for (int received = 0, matched = 0; matched < mark.Length;)
        {
            // The rest of the mark must still come, and nothing behind it may be taken.
            var missing = mark.Length - matched;
            if (received + missing > bytes.Length)
            {
                throw new ProtocolViolationException("The encrypted handshake does not go on where it must.");
            }

            await ReadAsync(bytes.AsMemory(received, missing));
            received += missing;
            matched = Matched(bytes.AsSpan(0, received), mark);
        }
    }

    /// <summary>How many bytes at the end may be the beginning of the mark.</summary>
    private static int Matched(ReadOnlySpan<byte> received, ReadOnlySpan<byte> mark)
    {
        var length = Math.Min(received.Length, mark.Length);
        while (!received.EndsWith(mark[..length]))
        {
            length--;
        }

        return length;
    }
}
