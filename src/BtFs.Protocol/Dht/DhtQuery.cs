using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Dht;

/// <summary>What one node asks of another.</summary>
public abstract record DhtQuery
{
    /// <summary>Are you there? (BEP 5)</summary>
    public sealed record Ping : DhtQuery;

    /// <summary>Which nodes do you know near a place? (BEP 5)</summary>
    /// <param name="Target">The place.</param>
    /// <param name="Want">Of which families (BEP 32); none is that of the packet.</param>
    public sealed record FindNode(NodeId Target, DhtFamilies Want) : DhtQuery;

    /// <summary>Who has this torrent, and which nodes do you know near it? (BEP 5)</summary>
    public sealed record GetPeers(InfoHash Torrent, DhtFamilies Want) : DhtQuery
    {
        /// <summary>Rather no seeds (BEP 33).</summary>
        public bool NoSeeds { get; init; }

        /// <summary>How many are they? (BEP 33)</summary>
        public bool Scrape { get; init; }
    }

    /// <summary>I have this torrent (BEP 5).</summary>
    /// <param name="Torrent">Which.</param>
    /// <param name="Port">The port to reach the sender on; 0 only with <paramref name="UsesSourcePort"/>.</param>
    /// <param name="UsesSourcePort">The packet's own port is meant instead.</param>
    /// <param name="Token">What this node gave the sender lately.</param>
    /// <param name="IsSeed">The sender has all of it (BEP 33).</param>
    public sealed record AnnouncePeer(InfoHash Torrent, ushort Port, bool UsesSourcePort, ReadOnlyMemory<byte> Token, bool IsSeed) : DhtQuery;

    /// <summary>Name some torrents that you keep peers of (BEP 51).</summary>
    public sealed record SampleInfohashes(NodeId Target, DhtFamilies Want) : DhtQuery;

    /// <summary>What is kept at a place? (BEP 44)</summary>
    public sealed record Get(NodeId Target, DhtFamilies Want) : DhtQuery;

    /// <summary>Keep this (BEP 44).</summary>
    /// <param name="Value">A bencoded value, as it came. It is well-formed, but its dictionaries may be out of order: see <see cref="IsCanonical"/>.</param>
    /// <param name="Token">What this node gave the sender lately.</param>
    /// <param name="IsMutable">Whether it comes with a key and a signature.</param>
    public sealed record Put(ReadOnlyMemory<byte> Value, ReadOnlyMemory<byte> Token, bool IsMutable) : DhtQuery
    {
        /// <summary>Whether every dictionary in the value is in order, as BEP 44 demands.</summary>
        public bool IsCanonical { get; init; } = true;
    }

    /// <summary>Something else.</summary>
    public sealed record Unknown : DhtQuery;

    /// <summary>A query of a known name, of which something needed is missing or wrong.</summary>
    public sealed record Malformed(string Fault) : DhtQuery;
}
