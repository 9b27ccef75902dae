using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;
using BtFs.Engine.WebSeeds;

namespace BtFs.Engine.Tests.WebSeeds;

public sealed class RangeQueueTests : IDisposable
{
    private const int Block = TorrentLayout.BlockLength;

    private readonly SharedBufferPool _buffers = new();
    private readonly PieceAssembly _target;
    private readonly TorrentLayout _layout = new(4 * Block, [(4096 * Block) + 100]);
    private readonly RangeQueue _queue;

    public RangeQueueTests()
    {
        _queue = new RangeQueue(_layout);
        _target = new PieceAssembly(new PieceIndex(0), _layout, _buffers.Rent(4 * Block));
    }

    public void Dispose()
    {
        _target.Drop();
        _buffers.Dispose();
    }

    [Fact]
    public void Blocks_that_follow_each_other_are_one_request_across_pieces_too()
    {
        Ask(2, 9);

        Assert.Equal((2, 9), Next());
        Assert.Null(_queue.Next());
    }

    [Fact]
    public void A_gap_makes_two_requests()
    {
        Ask(0, 2, isUrgent: true);
        Ask(3, 2, isUrgent: true);

        Assert.Equal((0, 2), Next());
        Assert.Equal((3, 2), Next());
    }

    [Fact]
    public void The_last_block_of_the_torrent_is_as_long_as_it_is()
    {
        Ask(4095, 2);

        var run = _queue.Next()!;
        Assert.Equal(_layout.TotalLength, run.End);
    }

    [Fact]
    public void What_a_reader_waits_for_goes_before_what_was_asked_earlier_and_alone()
    {
        Ask(0, 40);
        Ask(100, 4, isUrgent: true);
        Ask(104, 40);

        Assert.Equal((100, 4), Next());
    }

    [Fact]
    public void One_connection_is_kept_free_for_readers()
    {
        Ask(0, 1024);
        Assert.Equal((0, 512), Next());
        Assert.Equal((512, 512), Next());
        Ask(2000, 100);
        Assert.Null(_queue.Next());

        Ask(3000, 4, isUrgent: true);
        Assert.Equal((3000, 4), Next());
        Ask(3100, 4, isUrgent: true);
        Assert.Null(_queue.Next());
    }

    [Theory]
    [InlineData(63, false)]
    [InlineData(64, true)]
    public void A_second_request_ahead_is_made_when_it_is_worth_it(int blocks, bool isMade)
    {
        Ask(0, 20);
        Next();
        Ask(1000, blocks);

        Assert.Equal(isMade, _queue.Next() is not null);
    }

    [Theory]
    [InlineData(16, false)]
    [InlineData(15, true)]
    public void Or_when_little_is_left_of_the_first(int left, bool isMade)
    {
        Ask(0, 20);
        var first = _queue.Next()!;
        Ask(1000, 1);
        Pass(first, 20 - left);

        Assert.Equal(isMade, _queue.Next() is not null);
    }

    [Fact]
    public void No_request_is_longer_than_16_MiB()
    {
        _queue.MostRuns = 2;
        Ask(0, 2048);

        Assert.Equal((0, 1024), Next());
    }

    [Fact]
    public void With_one_connection_requests_are_short()
    {
        _queue.MostRuns = 1;
        Ask(0, 2048);

        Assert.Equal((0, 64), Next());
    }

    [Fact]
    public void A_long_range_that_a_reader_waits_for_is_divided_among_the_connections()
    {
        Ask(0, 300, isUrgent: true);

        Assert.Equal((0, 100), Next());
        Assert.Equal((100, 100), Next());
        Assert.Equal((200, 100), Next());
    }

    [Fact]
    public void A_block_that_is_on_its_way_is_not_asked_for_again()
    {
        Ask(0, 32);
        var run = _queue.Next()!;
        Pass(run, 10);
        Assert.True(_queue.Remove(At(30), out _));
        Ask(30, 1);
        Assert.Null(_queue.Next());
        Assert.Equal(22, run.Wanted);

        // But one that has gone by is.
        Ask(5, 1, isUrgent: true);
        Assert.Equal((5, 1), Next());
    }

    [Fact]
    public void A_cancelled_block_is_left_out_and_is_cancelled_once()
    {
        Ask(0, 5);
        Assert.True(_queue.Remove(At(2), out _));
        Assert.False(_queue.Remove(At(2), out _));

        Assert.Equal((0, 2), Next());
    }

    [Fact]
    public void A_request_of_which_nothing_is_wanted_any_more_says_so()
    {
        Ask(0, 3);
        var run = _queue.Next()!;
        Pass(run, 1);
        _queue.Remove(At(1), out _);
        Assert.True(_queue.IsWanted(run));
        _queue.Remove(At(2), out _);
        Assert.False(_queue.IsWanted(run));
    }

    [Theory]
    [InlineData(true, 9, true)]
    [InlineData(true, 8, false)]
    [InlineData(false, 9, false)]
    public void A_request_in_vain_is_ended_if_the_server_has_answered_and_much_is_left(bool hasAnswer, int left, bool isEnded)
    {
        Ask(0, left);
        var run = _queue.Next()!;
        run.HasAnswer = hasAnswer;
        for (var block = left - 1; block > 0; block--)
        {
            _queue.Remove(At(block), out var early);
            Assert.Null(early);
        }

        _queue.Remove(At(0), out var vain);
        Assert.Equal(isEnded ? run : null, vain);
    }

    [Fact]
    public void What_a_request_did_not_bring_is_asked_for_again_before_all_else()
    {
        Ask(0, 20);
        var run = _queue.Next()!;
        Ask(1000, 20);
        Pass(run, 5);
        _queue.End(run);

        Assert.Equal((5, 15), Next());
    }

    [Fact]
    public void The_blocks_of_pieces_can_be_taken_away()
    {
        Ask(0, 20);
        var run = _queue.Next()!;
        Ask(100, 1);

        Assert.Equal([At(4), At(5), At(6), At(7)], _queue.Take(new PieceIndex(1), new PieceIndex(1)).OrderBy(block => block.Offset));
        Assert.Equal(16, run.Wanted);
        _queue.Take(new PieceIndex(0), new PieceIndex(_layout.PieceCount - 1));
        Assert.False(_queue.IsWanted(run));
        _queue.End(run);
        Assert.Null(_queue.Next());
    }

    private BlockRef At(int block) => _layout.BlockAt(new PieceIndex(block / 4), block % 4);

    private void Ask(int first, int count, bool isUrgent = false)
    {
        for (var i = first; i < first + count; i++)
        {
            _queue.Add(At(i), _target, isUrgent);
        }
    }

    private void Pass(RangeRun run, int blocks)
    {
        for (var i = 0; i < blocks; i++)
        {
            Assert.True(_queue.Pass(run, _queue.Current(run), out _));
        }
    }

    /// <summary>The first block of the next request, and how many there are.</summary>
    private (int First, int Count)? Next() =>
        _queue.Next() is { } run ? ((int)(run.Start / Block), (int)((run.End - run.Start) / Block)) : null;
}
