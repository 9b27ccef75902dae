using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using BtFs.Engine.Peers.Transports;
using BtFs.Protocol.Encryption;

namespace BtFs.Engine.Peers.Encryption;

/// <summary>A connection whose bytes are encrypted on their way, in one direction or both, all or only the first.</summary>
/// <remarks>What is received is decrypted in place; what is sent, through one pooled array. Nothing is allocated for a block. 630 MB/s of a processor.</remarks>
/// <param name="inner">Carries the bytes; disposed with this.</param>
/// <param name="incoming">Of what is received.</param>
/// <param name="incomingBytes">How many bytes of that are encrypted; the rest is plain.</param>
/// <param name="outgoing">Of what is sent; null for plain.</param>
internal sealed class EncryptedTransport(IPeerTransport inner, Rc4 incoming, long incomingBytes, Rc4? outgoing) : IPeerTransport
{
    /// <summary>Whether more than the handshake is encrypted.</summary>
    internal bool IsThroughout => outgoing is not null;

    private const int Chunk = 32 * 1024;

    // What does not wait is small: requests.
    private const int SmallChunk = 2 * 1024;

    // Encrypted already and not taken yet: the same bytes come again with the next send.
    private byte[] _sending = [];
    private int _ready;
    private long _encryptedLeft = incomingBytes;

    /// <inheritdoc/>
    public IPAddress? LocalAddress => inner.LocalAddress;

    /// <inheritdoc/>
    public TimeSpan? Queuing => inner.Queuing;

    /// <inheritdoc/>
    public TimeSpan? RoundTrip => inner.RoundTrip;

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancel) =>
        _encryptedLeft == 0 || into.IsEmpty ? inner.ReceiveAsync(into, cancel) : ReceiveEncryptedAsync(into, cancel);

    /// <inheritdoc/>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) =>
        outgoing is null ? inner.SendAsync(bytes, cancel) : SendEncryptedAsync(outgoing, bytes, cancel);

    /// <inheritdoc/>
    public int SendWithoutWaiting(ReadOnlySpan<byte> bytes)
    {
        if (outgoing is null)
        {
            return inner.SendWithoutWaiting(bytes);
        }

        var taken = 0;
        while (taken < bytes.Length)
        {
            var chunk = Encrypt(outgoing, bytes[taken..], SmallChunk);
            var sent = inner.SendWithoutWaiting(_sending.AsSpan(0, chunk));
            Sent(sent);
            taken += sent;
            if (sent < chunk)
            {
                break;
            }
        }

        return taken;
    }

    /// <inheritdoc/>
    public void AcknowledgeNow() => inner.AcknowledgeNow();

    /// <inheritdoc/>
    /// <remarks>An array that is being sent goes to nobody else: the collector has it.</remarks>
    public void Dispose() => inner.Dispose();

    // Pooled, because it waits for nearly each receive.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveEncryptedAsync(Memory<byte> into, CancellationToken cancel)
    {
        var count = await inner.ReceiveAsync(into, cancel);
        var encrypted = (int)Math.Min(count, _encryptedLeft);
        incoming.Apply(into.Span[..encrypted]);
        if (_encryptedLeft != long.MaxValue)
        {
            _encryptedLeft -= encrypted;
        }

        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> SendEncryptedAsync(Rc4 cipher, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        for (var taken = 0; taken < bytes.Length;)
        {
            var chunk = Encrypt(cipher, bytes.Span[taken..], Chunk);
            await inner.SendAsync(_sending.AsMemory(0, chunk), cancel);
            Sent(chunk);
            taken += chunk;
        }

        return bytes.Length;
    }

    /// <summary>Has the next bytes encrypted, behind those that were before.</summary>
    /// <returns>How many of them there are to send.</returns>
    private int Encrypt(Rc4 cipher, ReadOnlySpan<byte> bytes, int atMost)
    {
        var length = Math.Max(_ready, Math.Min(bytes.Length, atMost));
        if (_sending.Length < length)
        {
            var longer = ArrayPool<byte>.Shared.Rent(length);
            _sending.AsSpan(0, _ready).CopyTo(longer);
            ReturnArray();
            _sending = longer;
        }

        cipher.Apply(bytes[_ready..length], _sending.AsSpan(_ready));
        _ready = length;
        return length;
    }

    private void Sent(int count)
    {
        _sending.AsSpan(count, _ready - count).CopyTo(_sending);
        _ready -= count;
        if (_ready == 0)
        {
            ReturnArray();
            _sending = [];
        }
    }

    private void ReturnArray()
    {
        if (_sending.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_sending);
        }
    }
}
