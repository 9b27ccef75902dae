using BtFs.Engine.Metadata;
using BtFs.Engine.Peers;
using BtFs.Engine.Tests.Peers;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Tests.Metadata;

public class MetadataFetchTests
{
    private const int PieceBytes = MetadataMessage.PieceBytes;
    private const int LastPiece = MetadataFetch.MaxInFlight + 7;

    private static readonly IEnumerable<int> FirstPieces = Enumerable.Range(0, MetadataFetch.MaxInFlight);
    private readonly byte[] _info = new byte[(LastPiece * PieceBytes) + 100];
    private readonly MetadataFetch _fetch;
    private readonly Dictionary<Peer, Queue<int>> _asked = [];
    private TimeSpan _now;
    private byte[]? _arrived;

    public MetadataFetchTests()
    {
        new Random(1).NextBytes(_info);
        _fetch = new MetadataFetch(InfoHash.OfInfo(_info));
    }

    [Fact]
    public void The_pieces_are_shared_among_those_who_have_them()
    {
        var (one, two) = (Offer(1), Offer(2));
        Plan();
        Assert.Equal(FirstPieces, _asked[one]);
        Assert.Equal(Enumerable.Range(MetadataFetch.MaxInFlight, 8), _asked[two]);

        Answer(one);
        Answer(two);
        Assert.Equal(_info, _arrived);
        Assert.Equal(_info.Length, _fetch.Size);
    }

    [Fact]
    public void What_one_peer_is_late_with_is_asked_of_another_within_half_a_second()
    {
        var silent = Offer(1);
        Plan();
        var other = Offer(2);
        Plan();
        Answer(other);
        Assert.Null(_arrived);

        _now += TimeSpan.FromSeconds(0.6);
        Plan();
        Answer(other);
        Assert.Equal(_info, _arrived);
        Assert.Equal(FirstPieces, _asked[silent]);
    }

    [Fact]
    public void A_peer_that_lies_about_the_size_holds_up_nobody_else()
    {
        var liar = Offer(1, size: 100);
        var honest = Offer(2);
        Plan();
        Assert.Equal([0], _asked[liar]);
        Answer(honest);
        Plan();
        Answer(honest);

        Assert.Equal(_info, _arrived);
    }

    [Fact]
    public void A_crowd_that_names_many_sizes_and_sends_nothing_does_not_keep_the_true_size_out()
    {
        for (var i = 0; i < 3 * MetadataFetch.MaxAttempts; i++)
        {
            Offer(i + 1, size: 1000 + i);
        }

        var honest = Offer(100);
        for (var i = 0; i < 60 && _arrived is null; i++)
        {
            Plan();
            Answer(honest);
            _now += TimeSpan.FromSeconds(1);
        }

        Assert.Equal(_info, _arrived);
    }

    [Fact]
    public void Who_sends_all_of_a_wrong_dictionary_is_a_liar()
    {
        var liar = Offer(1);
        var blamed = new List<Peer>();
        for (var i = 0; i < 2; i++)
        {
            Plan();
            blamed.AddRange(Answer(liar, isCorrupt: true));
        }

        Assert.Equal([liar], blamed);
        Assert.Equal(0, _fetch.BytesReceived);
    }

    [Fact]
    public void A_liar_among_honest_peers_is_found_and_no_honest_peer_is_blamed()
    {
        var liar = Offer(1);
        Peer[] honest = [Offer(2), Offer(3)];
        var blamed = new List<Peer>();
        for (var i = 0; i < 100 && _arrived is null; i++)
        {
            Plan();
            blamed.AddRange(Answer(liar, isCorrupt: true));
            foreach (var peer in honest)
            {
                blamed.AddRange(Answer(peer));
            }

            _now += TimeSpan.FromMilliseconds(100);
        }

        Assert.Equal(_info, _arrived);
        Assert.Equal([liar], blamed.Distinct());
    }

    [Fact]
    public void What_one_peer_refuses_the_next_is_asked_at_once_and_the_refuser_is_left_in_peace_for_a_while()
    {
        var refuser = Offer(1);
        Plan();
        var other = Offer(2);
        _fetch.OnReject(refuser, 0, _now);
        _fetch.OnReject(refuser, 1, _now);
        refuser.MetadataExtension = 3;
        Plan();
        Assert.NotEmpty(_asked[other]);

        foreach (var piece in _asked[refuser].ToList())
        {
            _fetch.OnReject(refuser, piece, _now);
        }

        _asked[refuser].Clear();
        _now += TimeSpan.FromSeconds(4);
        Plan();
        Assert.Empty(_asked[refuser]);
        _now += TimeSpan.FromSeconds(7);
        Plan();
        Assert.NotEmpty(_asked[refuser]);
    }

    [Fact]
    public void A_peer_that_leaves_has_its_pieces_asked_of_another_at_once()
    {
        var leaving = Offer(1);
        Plan();
        var other = Offer(2);
        _fetch.OnGone(leaving);
        Plan();

        Assert.Equal(FirstPieces, _asked[other]);
    }

    [Fact]
    public void The_only_peer_is_asked_again_when_it_does_not_answer()
    {
        var peer = Offer(1);
        Plan();
        _asked[peer].Clear();
        _now += MetadataFetch.LongPatience + TimeSpan.FromSeconds(1);
        Plan();
        Answer(peer);
        Plan();
        Answer(peer);

        Assert.Equal(_info, _arrived);
    }

    [Fact]
    public void Bytes_that_nobody_asked_for_are_not_taken()
    {
        var peer = Offer(1);
        _fetch.OnData(peer, 0, _info.AsSpan(0, PieceBytes), _now, out _);
        _fetch.OnData(SomePeer.Stranger(9), 0, _info.AsSpan(0, PieceBytes), _now, out _);
        Assert.Equal(0, _fetch.BytesReceived);

        Plan();
        _fetch.OnData(peer, LastPiece, _info.AsSpan(LastPiece * PieceBytes), _now, out _);
        _fetch.OnData(peer, 0, _info.AsSpan(0, 99), _now, out _);
        Assert.Equal(0, _fetch.BytesReceived);
    }

    [Fact]
    public void The_largest_size_is_believed_and_costs_no_memory_before_bytes_come()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var peer = Offer(1, MetadataFetch.MaxSize);
        Plan();

        Assert.Equal(MetadataFetch.MaxSize, _fetch.Size);
        Assert.Equal(MetadataFetch.MaxInFlight, _asked[peer].Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(MetadataFetch.MaxSize + 1)]
    public void An_impossible_size_is_not_believed(long size)
    {
        var peer = Offer(1, size);
        Plan();

        Assert.False(_asked.ContainsKey(peer));
        Assert.Equal(0, _fetch.Size);
    }

    [Fact]
    public void A_later_handshake_changes_the_size_or_ends_the_offer()
    {
        var peer = Offer(1, size: 100);
        peer.MetadataSize = _info.Length;
        _fetch.Offer(peer);
        Assert.Equal(_info.Length, _fetch.Size);

        peer.MetadataExtension = 0;
        _fetch.Offer(peer);
        Plan();
        Assert.Equal(0, _fetch.Size);
        Assert.Empty(_asked);
    }

    private Peer Offer(int number, long? size = null)
    {
        var peer = SomePeer.Stranger(number);
        peer.MetadataExtension = 3;
        peer.MetadataSize = size ?? _info.Length;
        _fetch.Offer(peer);
        return peer;
    }

    private void Plan()
    {
        foreach (var (peer, piece) in _fetch.Plan(_now))
        {
            _asked.TryAdd(peer, []);
            _asked[peer].Enqueue(piece);
        }
    }

    /// <summary>A peer sends what it was asked for.</summary>
    /// <returns>Who was blamed.</returns>
    private List<Peer> Answer(Peer peer, bool isCorrupt = false)
    {
        var blamed = new List<Peer>();
        while (_asked.TryGetValue(peer, out var pieces) && pieces.TryDequeue(out var piece))
        {
            var bytes = _info.AsSpan(piece * PieceBytes, Math.Min(PieceBytes, _info.Length - (piece * PieceBytes))).ToArray();
            bytes[0] ^= (byte)(isCorrupt ? 1 : 0);
            var info = _fetch.OnData(peer, piece, bytes, _now, out var liar);
            _arrived ??= info;
            if (liar is not null)
            {
                blamed.Add(liar);
            }
        }

        return blamed;
    }
}
