using BtFs.Engine.Peers;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Metadata;

/// <summary>Puts an info dictionary together from peers (BEP 9), trusting nobody about its size. Owned by the loop.</summary>
/// <remarks>
/// Peers that name different sizes are asked for their own: a liar holds up only those who agree with it. Memory grows with
/// what has arrived, never with what was announced.
/// </remarks>
internal sealed class MetadataFetch(InfoHash wanted)
{
    /// <summary>Length of a metadata piece, bytes (BEP 9).</summary>
    internal const int PieceLength = 16 * 1024;

    /// <summary>The longest info dictionary accepted, bytes.</summary>
    internal const long MaxSize = 16 << 20;

    /// <summary>Requests outstanding at one peer.</summary>
    internal const int MaxInFlight = 2;

    /// <summary>Different sizes tried at a time.</summary>
    internal const int MaxCandidates = 8;

    /// <summary>Refusals after which a peer is not asked again for a while.</summary>
    private const int MaxRejects = 3;
    private static readonly TimeSpan RejectPause = TimeSpan.FromSeconds(5);

    /// <summary>A request that was not answered in this time may be asked of somebody else.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Dictionary<long, Candidate> _candidates = [];
    private readonly Dictionary<Peer, Source> _sources = [];

    /// <summary>Bytes of the fullest attempt.</summary>
    internal long BytesReceived => _candidates.Count == 0 ? 0 : _candidates.Values.Max(candidate => candidate.Received);

    /// <summary>The size that most peers name, or 0.</summary>
    internal long Size => _sources.Count == 0 ? 0 : _sources.Values.GroupBy(source => source.Candidate.Size).MaxBy(group => group.Count())!.Key;

    /// <summary>A peer offers the info dictionary.</summary>
    internal void Offer(Peer peer)
    {
        var size = peer.MetadataSize;
        if (peer.MetadataExtension == 0 || size is <= 0 or > MaxSize || _sources.ContainsKey(peer))
        {
            return;
        }

        if (!_candidates.TryGetValue(size, out var candidate))
        {
            if (_candidates.Count >= MaxCandidates)
            {
                return;
            }

            _candidates[size] = candidate = new Candidate(size);
        }

        _sources[peer] = new Source(candidate);
    }

    internal void OnGone(Peer peer)
    {
        if (_sources.Remove(peer, out var source) && _sources.Values.All(other => other.Candidate != source.Candidate))
        {
            _candidates.Remove(source.Candidate.Size);
        }
    }

    internal void OnReject(Peer peer, int piece, TimeSpan now)
    {
        if (_sources.TryGetValue(peer, out var source) && source.InFlight.Remove(piece))
        {
            source.Rejects++;
            if (source.Rejects % MaxRejects == 0)
            {
                source.PausedUntil = now + RejectPause;
            }
        }
    }

    /// <summary>A metadata piece has come.</summary>
    /// <param name="peer">Who sent it.</param>
    /// <param name="piece">Its number, as received.</param>
    /// <param name="bytes">Its bytes, as received.</param>
    /// <param name="liars">Who contributed, when everything is here and is not what the infohash promised.</param>
    /// <returns>The info dictionary once its hash is right.</returns>
    internal byte[]? OnData(Peer peer, int piece, ReadOnlySpan<byte> bytes, out IReadOnlyCollection<Peer> liars)
    {
        liars = [];
        if (!_sources.TryGetValue(peer, out var source) || !source.InFlight.Remove(piece))
        {
            return null;
        }

        var candidate = source.Candidate;
        if (bytes.Length != candidate.LengthOf(piece))
        {
            source.Rejects++;
            return null;
        }

        candidate.Add(piece, bytes, peer);
        if (candidate.Received < candidate.Size)
        {
            return null;
        }

        var info = candidate.Join();
        if (InfoHash.OfInfo(info) == wanted)
        {
            return info;
        }

        liars = candidate.Contributors.ToList();
        candidate.StartOver();
        return null;
    }

    /// <summary>What to ask now, and of whom.</summary>
    internal List<(Peer Peer, int Piece)> Plan(TimeSpan now)
    {
        var asks = new List<(Peer, int)>();
        foreach (var (peer, source) in _sources)
        {
            if (now < source.PausedUntil)
            {
                continue;
            }

            for (var piece = 0; piece < source.Candidate.PieceCount && source.InFlight.Count < MaxInFlight; piece++)
            {
                if (source.Candidate.MayAsk(piece, now, Patience) && source.InFlight.Add(piece))
                {
                    source.Candidate.Asked(piece, now);
                    asks.Add((peer, piece));
                }
            }
        }

        return asks;
    }

    private sealed class Source(Candidate candidate)
    {
        internal Candidate Candidate { get; } = candidate;
        internal HashSet<int> InFlight { get; } = [];
        internal int Rejects { get; set; }
        internal TimeSpan PausedUntil { get; set; }
    }

    private sealed class Candidate(long size)
    {
        private readonly Dictionary<int, byte[]> _pieces = [];
        private readonly Dictionary<int, TimeSpan> _askedAt = [];

        internal long Size { get; } = size;
        internal int PieceCount { get; } = (int)((size + PieceLength - 1) / PieceLength);
        internal long Received { get; private set; }
        internal HashSet<Peer> Contributors { get; } = [];

        internal int LengthOf(int piece) => (int)Math.Min(PieceLength, Size - ((long)piece * PieceLength));

        internal bool MayAsk(int piece, TimeSpan now, TimeSpan patience) =>
            !_pieces.ContainsKey(piece) && (!_askedAt.TryGetValue(piece, out var at) || now - at > patience);

        internal void Asked(int piece, TimeSpan now) => _askedAt[piece] = now;

        internal void Add(int piece, ReadOnlySpan<byte> bytes, Peer from)
        {
            if (_pieces.TryAdd(piece, bytes.ToArray()))
            {
                Received += bytes.Length;
                Contributors.Add(from);
            }
        }

        internal byte[] Join() => [.. Enumerable.Range(0, PieceCount).SelectMany(piece => _pieces[piece])];

        internal void StartOver()
        {
            _pieces.Clear();
            _askedAt.Clear();
            Contributors.Clear();
            Received = 0;
        }
    }
}
