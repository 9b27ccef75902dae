using BtFs.Engine.Peers;
using BtFs.Protocol.Extensions;

namespace BtFs.Engine.Metadata;

/// <summary>An info dictionary of one size, being put together from the peers that name this size.</summary>
internal sealed class MetadataAttempt(long size, TimeSpan now)
{
    private const int PieceLength = MetadataMessage.PieceBytes;

    private readonly Dictionary<int, byte[]> _pieces = [];
    private readonly Dictionary<int, TimeSpan> _askedAt = [];
    private readonly HashSet<Peer> _contributors = [];
    private Peer? _soloist;
    private bool _isSolo;

    /// <summary>Its length, bytes.</summary>
    internal long Size { get; } = size;

    internal int PieceCount { get; } = (int)((size + PieceLength - 1) / PieceLength);

    /// <summary>Bytes that have come.</summary>
    internal long Received { get; private set; }

    /// <summary>When last a piece came, or the attempt began.</summary>
    internal TimeSpan LastProgress { get; private set; } = now;

    internal int LengthOf(int piece) => (int)Math.Min(PieceLength, Size - ((long)piece * PieceLength));

    /// <summary>Whether one peer is to send everything alone, and none does so now.</summary>
    internal bool NeedsSoloist(TimeSpan now) => _isSolo && (_soloist is null || now - LastProgress > MetadataFetch.SoloPatience);

    internal void StartSolo(Peer peer, TimeSpan now)
    {
        StartOver(now);
        _soloist = peer;
    }

    internal bool MayServe(Peer peer) => !_isSolo || _soloist == peer;

    internal bool IsUnasked(int piece) => !_pieces.ContainsKey(piece) && !_askedAt.ContainsKey(piece);

    internal bool IsLate(int piece, TimeSpan now) =>
        !_pieces.ContainsKey(piece) && _askedAt.TryGetValue(piece, out var at) && now - at > MetadataFetch.Patience;

    internal void Asked(int piece, TimeSpan now) => _askedAt[piece] = now;

    /// <summary>A piece will not come from whom it was asked of: the next may be asked at once.</summary>
    internal void Forget(int piece) => _askedAt.Remove(piece);

    /// <summary>A peer is gone that owed some pieces.</summary>
    internal void Leave(Peer peer, IEnumerable<int> owed)
    {
        foreach (var piece in owed)
        {
            Forget(piece);
        }

        if (_soloist == peer)
        {
            _soloist = null;
        }
    }

    internal void Add(int piece, ReadOnlySpan<byte> bytes, Peer from, TimeSpan now)
    {
        if (MayServe(from) && _pieces.TryAdd(piece, bytes.ToArray()))
        {
            Received += bytes.Length;
            LastProgress = now;
            _contributors.Add(from);
        }
    }

    internal byte[] Join()
    {
        var whole = new byte[Size];
        foreach (var (piece, bytes) in _pieces)
        {
            bytes.CopyTo(whole, piece * PieceLength);
        }

        return whole;
    }

    /// <summary>The bytes are wrong: it starts over.</summary>
    /// <returns>The liar, if one peer sent everything.</returns>
    internal Peer? Fail(TimeSpan now)
    {
        var liar = _contributors.Count == 1 ? _contributors.Single() : null;
        _isSolo |= liar is null;
        _soloist = null;
        StartOver(now);
        return liar;
    }

    private void StartOver(TimeSpan now)
    {
        _pieces.Clear();
        _askedAt.Clear();
        _contributors.Clear();
        Received = 0;
        LastProgress = now;
    }
}
