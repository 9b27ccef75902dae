using System.Buffers.Binary;
using BtFs.Engine.Layout;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Testing;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Containers;

/// <summary>A handle as the mount opens it, before the real loop and a simulated peer.</summary>
public class WarmingSwarmTests
{
    private const int PieceLength = 256 * 1024;
    private const int IndexPiece = 40;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private readonly SimulatedSwarm _swarm = new(seed: 21, PieceLength, length: 64 * PieceLength);
    private readonly TorrentInbox _inbox = new();
    private readonly SimulatedPeer _peer;
    private readonly TorrentContent _content;

    public WarmingSwarmTests()
    {
        _peer = _swarm.Join(new PeerBehaviour { Rate = 4_000_000 });
        _content = new TorrentContent(_swarm.Parts, createdAt: null, _inbox, new ManualTimeProvider(), waits: () => []);

        // In the store, and not known to the loop: ftyp, and mdat up to the index.
        Put(0, (0, 24, "ftyp"), (24, (IndexPiece * PieceLength) - 24, "mdat"));
    }

    private IEnumerable<int> PiecesAsked => _peer.Asked.Select(block => block.Piece.Value).Distinct().Order();

    [Fact]
    public void Reading_the_head_of_a_film_fetches_the_pieces_of_its_index_and_no_others()
    {
        Put(IndexPiece, (0, 2 * PieceLength, "moov"));
        using var reader = _content.OpenReader(new FileIndex(0));

        Read(reader);
        _swarm.For(TimeSpan.FromSeconds(10));

        Assert.Equal([IndexPiece, IndexPiece + 1], PiecesAsked);
    }

    [Fact]
    public void A_player_that_jumps_to_the_index_a_second_later_does_not_wait()
    {
        Put(IndexPiece, (0, 4 * PieceLength, "moov"));
        using var reader = _content.OpenReader(new FileIndex(0));
        Read(reader);
        _swarm.For(TimeSpan.FromSeconds(1));

        using var index = new ContentSegments();
        Assert.True(reader.TryRead(IndexPiece * PieceLength, 4 * PieceLength, index));
    }

    [Fact]
    public void A_film_whose_index_is_not_where_it_should_be_costs_one_piece()
    {
        using var reader = _content.OpenReader(new FileIndex(0));
        Read(reader);
        _swarm.Until(() => _swarm.Parts.Pieces.HaveCount == 1, Soon);
        Read(reader);
        _swarm.For(TimeSpan.FromSeconds(10));

        Assert.Equal([IndexPiece], PiecesAsked);
    }

    [Fact]
    public void A_waiting_reader_comes_before_the_index()
    {
        using var reader = _content.OpenReader(new FileIndex(0));
        Put(IndexPiece, (0, 20 * PieceLength, "moov"));
        Read(reader);
        var wish = _swarm.Read(3);
        _swarm.Until(() => wish.Granted.IsCompleted, Soon);

        Assert.All(_peer.Asked.Take(16), block => Assert.Equal(3, block.Piece.Value));
    }

    [Fact]
    public void Closing_the_handle_ends_it_and_closing_it_twice_does_no_harm()
    {
        Put(IndexPiece, (0, 20 * PieceLength, "moov"));
        var reader = _content.OpenReader(new FileIndex(0));
        var other = _content.OpenReader(new FileIndex(0));
        Read(reader);
        reader.Dispose();
        reader.Dispose();
        Forward();
        _swarm.Until(() => _swarm.Parts.Pieces.HaveCount == 2, Soon);

        other.Dispose();
        Forward();
        _swarm.For(TimeSpan.FromSeconds(1));
        var asked = _peer.Asked.Count;
        _swarm.For(TimeSpan.FromSeconds(10));

        Assert.Equal(asked, _peer.Asked.Count);
        Assert.InRange(_swarm.Parts.Pieces.HaveCount, 2, 15);
    }

    /// <summary>The same 4 KiB each time are no reason to read ahead.</summary>
    private void Read(IContentReader reader)
    {
        using var answer = new ContentSegments();
        Assert.True(reader.TryRead(0, 4096, answer));
        Forward();
    }

    /// <summary>What the handles posted goes to the loop.</summary>
    private void Forward()
    {
        while (_inbox.TryTake(out var e))
        {
            _swarm.Post(e);
        }
    }

    private void Put(int piece, params (int At, int Length, string Name)[] boxes)
    {
        var buffer = _swarm.Buffers.Rent(PieceLength);
        var bytes = buffer.GetSpan()[..PieceLength];
        bytes.Clear();
        foreach (var (at, length, name) in boxes)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes[at..], length);
            System.Text.Encoding.ASCII.GetBytes(name, bytes[(at + 4)..]);
        }

        _swarm.Store.Add(new VerifiedRange(new PieceSlice(new PieceIndex(piece), 0, PieceLength), buffer));
    }
}
