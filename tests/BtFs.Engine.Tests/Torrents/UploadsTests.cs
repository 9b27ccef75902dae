using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Storage;
using BtFs.Engine.Tests.Peers;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

public sealed class UploadsTests
{
    private const int Block = TorrentLayout.BlockLength;
    private readonly SimulatedSwarm _swarm = new(seed: 1);
    private readonly SlowStore _store = new();
    private readonly List<TorrentEvent> _posted = [];
    private readonly Uploads _uploads;
    private readonly Peer _peer = Unchoked(1);

    public UploadsTests()
    {
        var pieces = new PieceMap(_swarm.Layout, _swarm.Pieces.Take(8));
        _uploads = new Uploads(_swarm.Parts with { Pieces = pieces, Store = _store }, _posted.Add);
    }

    [Fact]
    public void An_unchoked_peer_gets_what_we_have_and_is_refused_what_we_lack()
    {
        var swarm = new SimulatedSwarm(seed: 2);
        swarm.Join(new PeerBehaviour());
        var wish = swarm.Read(0);
        swarm.Until(() => wish.Granted.IsCompleted, TimeSpan.FromMinutes(1));
        var leecher = swarm.Connect(new PeerBehaviour { Pieces = [] });
        leecher.Say(new PeerMessage.Interested());
        leecher.Say(new PeerMessage.Request(0, Block, Block));
        leecher.Say(new PeerMessage.Request(9, 0, Block));
        swarm.For(TimeSpan.FromSeconds(1.1));

        Assert.Equal([new BlockRef(new PieceIndex(0), Block, Block)], leecher.Served);
        Assert.Contains(new PeerMessage.RejectRequest(9, 0, Block), leecher.Heard);
        Assert.Equal(Block, swarm.Loop.Status.BytesUploaded);
        swarm.Close();
    }

    [Theory]
    [InlineData(-1, 0, Block)]
    [InlineData(int.MaxValue, 0, Block)]
    [InlineData(0, -1, Block)]
    [InlineData(0, int.MaxValue, Block)]
    [InlineData(0, 0, 0)]
    [InlineData(0, 0, -1)]
    [InlineData(0, 0, Block + 1)]
    [InlineData(0, (256 * 1024) - 1, 2)]
    public void A_peer_that_goes_on_asking_for_nonsense_is_sent_away(int piece, int begin, int length)
    {
        for (var i = 0; i < Uploads.MaxInvalid; i++)
        {
            Assert.True(_uploads.OnRequest(_peer, new PeerMessage.Request(piece, begin, length)));
        }

        Assert.False(_uploads.OnRequest(_peer, new PeerMessage.Request(piece, begin, length)));
        Assert.Empty(_peer.Wanted);
    }

    [Fact]
    public void A_choked_peer_is_refused_and_one_that_asks_for_too_much_at_once_too()
    {
        _peer.IsChoked = true;
        _uploads.OnRequest(_peer, new PeerMessage.Request(0, 0, Block));
        Assert.Equal([new PeerMessage.RejectRequest(0, 0, Block)], _peer.Wire().Sent);

        _peer.IsChoked = false;
        for (var i = 0; i <= Uploads.MaxWanted; i++)
        {
            _uploads.OnRequest(_peer, new PeerMessage.Request(0, 0, Block));
        }

        Assert.Equal(Uploads.MaxWanted, _peer.Wanted.Count);
        Assert.Equal(2, _peer.Wire().Sent.Count);
    }

    [Fact]
    public void A_request_taken_back_is_answered_with_a_refusal_and_not_with_a_block()
    {
        _uploads.OnRequest(_peer, new PeerMessage.Request(0, 0, Block));
        _uploads.OnCancel(_peer, new PeerMessage.Cancel(0, 0, Block));
        _uploads.OnCancel(_peer, new PeerMessage.Cancel(0, 0, Block));
        _uploads.Pump([_peer]);

        Assert.Equal([new PeerMessage.RejectRequest(0, 0, Block)], _peer.Wire().Sent);
        Assert.Empty(_store.Reads);
    }

    [Fact]
    public void Reads_from_disk_are_few_at_a_time_and_shared_among_the_peers()
    {
        var other = Unchoked(2);
        foreach (var peer in new[] { _peer, other })
        {
            for (var i = 0; i < 10; i++)
            {
                _uploads.OnRequest(peer, new PeerMessage.Request(i % 8, 0, Block));
            }
        }

        var served = new List<Peer>();
        _uploads.Pump([_peer, other]);
        for (var i = 0; i < 20; i++)
        {
            Assert.InRange(_store.Reads.Count, 1, Uploads.MaxReads);
            FinishOneRead([_peer, other], served);
            _uploads.Pump([_peer, other]);
        }

        Assert.Equal(20, _peer.Wire().Blocks.Count + other.Wire().Blocks.Count);
        Assert.Empty(_store.Reads);
        Assert.Equal(2, served.Take(10).Distinct().Count());
    }

    [Fact]
    public void A_peer_choked_while_its_block_was_read_from_disk_is_told_that_it_will_not_come()
    {
        _uploads.OnRequest(_peer, new PeerMessage.Request(0, 0, Block));
        _uploads.Pump([_peer]);
        _peer.IsChoked = true;
        FinishOneRead([_peer], []);

        Assert.Empty(_peer.Wire().Blocks);
        Assert.Equal([new PeerMessage.RejectRequest(0, 0, Block)], _peer.Wire().Sent);
        Assert.Equal(0, _store.Buffers.LiveBytes);
    }

    [Fact]
    public void A_wire_that_is_full_is_given_no_more_until_it_has_room()
    {
        _peer.Wire().BytesQueued = Uploads.MaxQueuedBytes;
        _uploads.OnRequest(_peer, new PeerMessage.Request(0, 0, Block));
        _uploads.Pump([_peer]);
        Assert.Empty(_store.Reads);

        _peer.Wire().BytesQueued = 0;
        _uploads.Pump([_peer]);
        Assert.Single(_store.Reads);
    }

    [Fact]
    public async Task Closing_ends_the_reads_that_are_under_way()
    {
        _uploads.OnRequest(_peer, new PeerMessage.Request(0, 0, Block));
        _uploads.Pump([_peer]);

        await _uploads.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(_posted);
        Assert.Equal(0, _store.Buffers.LiveBytes);
    }

    private void FinishOneRead(Peer[] peers, List<Peer> served)
    {
        var before = _posted.Count;
        _store.FinishFirst();
        Assert.True(SpinWait.SpinUntil(() => _posted.Count > before, TimeSpan.FromSeconds(20)));
        var loaded = Assert.IsType<TorrentEvent.BlockLoaded>(_posted[^1]);
        var peer = peers.Single(peer => peer.Wire == loaded.Peer);
        served.Add(peer);
        _uploads.OnLoaded(peer, loaded.Request, loaded.Bytes);
    }

    private static Peer Unchoked(int number)
    {
        var peer = SomePeer.Stranger(number);
        peer.IsChoked = false;
        return peer;
    }

    /// <summary>A disk that answers when it is told to.</summary>
    private sealed class SlowStore : IRangeStore
    {
        internal SharedBufferPool Buffers { get; } = new();

        internal List<(TaskCompletionSource<bool> Done, PieceSlice Slice, ContentSegments Into)> Reads { get; } = [];

        public IReadOnlyCollection<PieceIndex> Present => [];

        public long BytesWaiting => 0;

        public bool TryRead(PieceSlice slice, ContentSegments into) => false;

        public async ValueTask<bool> ReadAsync(PieceSlice slice, ContentSegments into, CancellationToken cancel)
        {
            var done = new TaskCompletionSource<bool>();
            Reads.Add((done, slice, into));
            return await done.Task.WaitAsync(cancel);
        }

        public void Add(VerifiedRange range) => range.Bytes.Release();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        internal void FinishFirst()
        {
            var (done, slice, into) = Reads[0];
            Reads.RemoveAt(0);
            into.Add(Buffers.Rent(slice.Length), 0, slice.Length);
            done.SetResult(true);
        }
    }
}
