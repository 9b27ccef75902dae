using System.Net;

namespace BtFs.Protocol.Dht;

/// <summary>What a node answers. Which parts it has depends on the query; none is to be believed.</summary>
/// <param name="Sender">Where the node says it stands.</param>
public sealed record DhtReply(NodeId Sender)
{
    /// <summary>Longest token that is kept and sent back, bytes.</summary>
    public const int MaxTokenBytes = 64;

    /// <summary>Nodes taken from one reply for each family: what an honest one has.</summary>
    public const int MaxNodes = 8;

    /// <summary>Peers taken from one reply: what libtorrent sends.</summary>
    public const int MaxPeers = 100;

    /// <summary>IPv4 nodes near the place asked for; null where the reply has no such part.</summary>
    public IReadOnlyList<NodeContact>? Nodes { get; init; }

    /// <summary>IPv6 nodes near it (BEP 32); null where the reply has no such part.</summary>
    public IReadOnlyList<NodeContact>? Nodes6 { get; init; }

    /// <summary>Peers of the torrent asked for, of either family; never with port 0.</summary>
    public IReadOnlyList<IPEndPoint> Peers { get; init; } = [];

    /// <summary>To be sent back with an announce or a put, 1 to 64 bytes; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Token { get; init; }

    /// <summary>Infohashes behind each other, 20 bytes each (BEP 51); null where the reply has no such part.</summary>
    public ReadOnlyMemory<byte>? Samples { get; init; }

    /// <summary>Torrents kept altogether (BEP 51).</summary>
    public int SampledFrom { get; init; }

    /// <summary>Seconds until asking again brings other samples (BEP 51), 0 to 21,600.</summary>
    public int SampleInterval { get; init; }

    /// <summary>The bencoded value kept at a place (BEP 44); null where there is none.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>Who seeds (BEP 33, <c>BFsd</c>); null where the reply does not say.</summary>
    public SwarmFilter? Seeds { get; init; }

    /// <summary>Who misses something (BEP 33, <c>BFpe</c>); null where the reply does not say.</summary>
    public SwarmFilter? Leechers { get; init; }
}
