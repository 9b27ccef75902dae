using System.Net;

namespace BtFs.Protocol.Dht;

/// <summary>One packet of the DHT (BEP 5, "KRPC protocol"), owned: it holds no borrowed buffer but the packet's own bytes.</summary>
/// <param name="Transaction">By which the asking node knows its question again; 1 to 32 bytes, returned as they came.</param>
public abstract record KrpcMessage(ReadOnlyMemory<byte> Transaction)
{
    /// <summary>Longest packet that is read, bytes.</summary>
    public const int MaxBytes = 1_500;

    /// <summary>Longest packet that is sent, bytes (BEP 32).</summary>
    public const int MaxSentBytes = 1_024;

    /// <summary>Longest transaction id that is answered, bytes. Known clients use 2 to 8.</summary>
    public const int MaxTransactionBytes = 32;

    /// <summary>A question.</summary>
    /// <param name="Transaction">See <see cref="KrpcMessage"/>.</param>
    /// <param name="Sender">Where the asking node says it stands.</param>
    /// <param name="Asked">What it asks.</param>
    public sealed record Query(ReadOnlyMemory<byte> Transaction, NodeId Sender, DhtQuery Asked) : KrpcMessage(Transaction)
    {
        /// <summary>The sender cannot be asked back, and belongs in no table (BEP 43).</summary>
        public bool IsReadOnly { get; init; }
    }

    /// <summary>An answer.</summary>
    public sealed record Reply(ReadOnlyMemory<byte> Transaction, DhtReply Answer) : KrpcMessage(Transaction)
    {
        /// <summary>Where the sender sees the node that asked (BEP 42, <c>ip</c>).</summary>
        public IPEndPoint? YourAddress { get; init; }
    }

    /// <summary>A refusal.</summary>
    /// <param name="Transaction">See <see cref="KrpcMessage"/>.</param>
    /// <param name="Code">See <see cref="KrpcErrorCode"/>; may be any number.</param>
    /// <param name="Text">One printable line of at most 100 characters.</param>
    public sealed record Error(ReadOnlyMemory<byte> Transaction, long Code, string Text) : KrpcMessage(Transaction)
    {
        /// <inheritdoc cref="Reply.YourAddress"/>
        public IPEndPoint? YourAddress { get; init; }
    }
}
