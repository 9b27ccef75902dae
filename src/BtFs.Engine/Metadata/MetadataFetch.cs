using System.Diagnostics.CodeAnalysis;
using BtFs.Engine.Peers;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Metadata;

/// <summary>Puts an info dictionary together from peers (BEP 9), trusting nobody about its size or its bytes. Owned by the loop.</summary>
/// <remarks>
/// Peers that name different sizes are asked for their own: a liar holds up only those who agree with it, and a size that
/// comes to nothing makes room for the next. Where several peers together sent the wrong bytes, each must then send all of
/// them, so that only the liar is blamed. Memory grows with what has arrived, never with what was announced.
/// </remarks>
internal sealed class MetadataFetch(InfoHash wanted)
{
    /// <summary>The longest info dictionary accepted, bytes.</summary>
    internal const long MaxSize = 16 << 20;

    /// <summary>Requests outstanding at one peer: enough that round trips hardly add up.</summary>
    /// <remarks>A libtorrent peer with 160 KiB unsent lets the rest wait for its next tick, a second later: 32 took twice as long as 2.</remarks>
    internal const int MaxInFlight = 8;

    /// <summary>Different sizes tried at a time.</summary>
    internal const int MaxAttempts = 8;

    /// <summary>Refusals after which a peer is not asked again for a while.</summary>
    internal const int MaxRejects = 3;
    internal static readonly TimeSpan RejectPause = TimeSpan.FromSeconds(5);

    /// <summary>A piece that has not come in this time may be asked of somebody else too: whoever has mounted a magnet waits for it.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the one peer that is to send everything alone may be silent before the next has its turn.</summary>
    internal static readonly TimeSpan SoloPatience = TimeSpan.FromSeconds(6);

    /// <summary>A request that was not answered in this time is taken for lost, and an attempt without progress for hopeless.</summary>
    internal static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<long, MetadataAttempt> _attempts = [];
    private readonly Dictionary<Peer, Source> _sources = [];
    private readonly Dictionary<long, TimeSpan> _lastTried = [];

    /// <summary>Bytes of the fullest attempt.</summary>
    internal long BytesReceived => _attempts.Count == 0 ? 0 : _attempts.Values.Max(attempt => attempt.Received);

    /// <summary>The size that most peers name, or 0.</summary>
    internal long Size => _sources.Count == 0 ? 0 : _sources.Values.GroupBy(source => source.Size).MaxBy(group => group.Count())!.Key;

    /// <summary>A peer tells whether it offers the info dictionary, and how long that is. The last word counts.</summary>
    internal void Offer(Peer peer)
    {
        var size = peer.MetadataSize;
        if (_sources.TryGetValue(peer, out var known) && known.Size == size && peer.MetadataExtension != 0)
        {
            return;
        }

        OnGone(peer);
        if (peer.MetadataExtension != 0 && size is > 0 and <= MaxSize)
        {
            _sources[peer] = new Source(size);
        }
    }

    internal void OnGone(Peer peer)
    {
        if (_sources.Remove(peer, out var source) && _attempts.TryGetValue(source.Size, out var attempt))
        {
            attempt.Leave(peer, source.InFlight.Keys);
        }
    }

    internal void OnReject(Peer peer, int piece, TimeSpan now)
    {
        if (!_sources.TryGetValue(peer, out var source) || !source.InFlight.Remove(piece))
        {
            return;
        }

        _attempts.GetValueOrDefault(source.Size)?.Forget(piece);
        source.Reject(now);
    }

    /// <summary>A metadata piece has come.</summary>
    /// <param name="peer">Who sent it.</param>
    /// <param name="piece">Its number, as received.</param>
    /// <param name="bytes">Its bytes, as received.</param>
    /// <param name="now">The loop's time.</param>
    /// <param name="liar">Who sent all of it, when everything is here and is not what the infohash promised.</param>
    /// <returns>The info dictionary once its hash is right.</returns>
    internal byte[]? OnData(Peer peer, int piece, ReadOnlySpan<byte> bytes, TimeSpan now, out Peer? liar)
    {
        liar = null;
        if (!_sources.TryGetValue(peer, out var source) || !source.Asked.Remove(piece))
        {
            return null;
        }

        source.InFlight.Remove(piece);
        if (!_attempts.TryGetValue(source.Size, out var attempt))
        {
            return null;
        }

        if (bytes.Length != attempt.LengthOf(piece))
        {
            attempt.Forget(piece);
            source.Reject(now);
            return null;
        }

        attempt.Add(piece, bytes, peer, now);
        if (attempt.Received < attempt.Size)
        {
            return null;
        }

        var info = attempt.Join();
        if (InfoHash.OfInfo(info) == wanted)
        {
            return info;
        }

        liar = attempt.Fail(now);
        return null;
    }

    /// <summary>What to ask now, and of whom.</summary>
    internal List<(Peer Peer, int Piece)> Plan(TimeSpan now)
    {
        ChooseAttempts(now);
        var asks = new List<(Peer, int)>();
        foreach (var (peer, source) in _sources)
        {
            if (!IsUsable(peer, source, now) || !TryAttempt(peer, source, now, out var attempt))
            {
                continue;
            }

            Ask(peer, source, attempt, mayBeLate: false, now, asks);
            Ask(peer, source, attempt, mayBeLate: true, now, asks);
        }

        return asks;
    }

    /// <summary>Fills a peer's queue: with what nobody was asked for, or with what others are late with.</summary>
    private static void Ask(Peer peer, Source source, MetadataAttempt attempt, bool mayBeLate, TimeSpan now, List<(Peer Peer, int Piece)> asks)
    {
        for (var piece = 0; piece < attempt.PieceCount && source.InFlight.Count < MaxInFlight; piece++)
        {
            if ((mayBeLate ? attempt.IsLate(piece, now) : attempt.IsUnasked(piece)) && source.InFlight.TryAdd(piece, now))
            {
                source.Asked.Add(piece);
                attempt.Asked(piece, now);
                asks.Add((peer, piece));
            }
        }
    }

    private static bool IsUsable(Peer peer, Source source, TimeSpan now)
    {
        source.ForgetLate(now);
        return !peer.IsLeaving && now >= source.PausedUntil && source.InFlight.Count < MaxInFlight;
    }

    private bool TryAttempt(Peer peer, Source source, TimeSpan now, [NotNullWhen(true)] out MetadataAttempt? attempt)
    {
        if (!_attempts.TryGetValue(source.Size, out attempt))
        {
            return false;
        }

        if (attempt.NeedsSoloist(now))
        {
            var next = _sources.Where(pair => pair.Value.Size == source.Size && !pair.Key.IsLeaving).MinBy(pair => pair.Value.Solos);
            next.Value.Solos++;
            attempt.StartSolo(next.Key, now);
        }

        return attempt.MayServe(peer);
    }

    /// <summary>Which sizes are tried: those that most peers name, and in time every other one.</summary>
    private void ChooseAttempts(TimeSpan now)
    {
        var votes = _sources.Values.CountBy(source => source.Size).ToDictionary();
        foreach (var size in _attempts.Keys.Where(size => !votes.ContainsKey(size)).ToList())
        {
            _attempts.Remove(size);
        }

        foreach (var size in _lastTried.Keys.Where(size => !votes.ContainsKey(size)).ToList())
        {
            _lastTried.Remove(size);
        }

        var waiting = votes.Keys.Where(size => !_attempts.ContainsKey(size));
        foreach (var size in waiting.OrderBy(size => _lastTried.GetValueOrDefault(size, TimeSpan.MinValue)).ThenByDescending(size => votes[size]).ToList())
        {
            if (_attempts.Count >= MaxAttempts && !DropHopeless(now))
            {
                return;
            }

            _attempts[size] = new MetadataAttempt(size, now);
        }
    }

    private bool DropHopeless(TimeSpan now)
    {
        var hopeless = _attempts.Values.Where(attempt => now - attempt.LastProgress > LongPatience).MinBy(attempt => attempt.LastProgress);
        if (hopeless is null)
        {
            return false;
        }

        _lastTried[hopeless.Size] = now;
        return _attempts.Remove(hopeless.Size);
    }

    private sealed class Source(long size)
    {
        internal long Size { get; } = size;

        /// <summary>Pieces it owes, and since when.</summary>
        internal Dictionary<int, TimeSpan> InFlight { get; } = [];

        /// <summary>Pieces it was asked for and has not sent: late ones are welcome, others are not.</summary>
        internal HashSet<int> Asked { get; } = [];

        /// <summary>How often it was to send everything alone.</summary>
        internal int Solos { get; set; }
        internal TimeSpan PausedUntil { get; private set; }

        private int _rejects;

        internal void Reject(TimeSpan now)
        {
            if (++_rejects % MaxRejects == 0)
            {
                PausedUntil = now + RejectPause;
            }
        }

        internal void ForgetLate(TimeSpan now)
        {
            foreach (var (piece, since) in InFlight)
            {
                if (now - since > LongPatience)
                {
                    InFlight.Remove(piece);
                }
            }
        }
    }
}
