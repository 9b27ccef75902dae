using BtFs.Engine.Layout;
using BtFs.Engine.Peers;

namespace BtFs.Engine.Tests.Peers;

public class RequestQueueTests
{
    private static readonly BlockRef First = new(new PieceIndex(1), 0, 16384);
    private static readonly BlockRef Short = new(new PieceIndex(1), 16384, 100);
    private readonly RequestQueue _queue = new();

    public RequestQueueTests()
    {
        _queue.Add(First, TimeSpan.Zero, TimeSpan.FromSeconds(1), isUrgent: true);
        _queue.Add(Short, TimeSpan.Zero, TimeSpan.FromSeconds(2), isUrgent: false);
    }

    [Fact]
    public void An_answer_ends_a_request_once()
    {
        Assert.Equal(1, _queue.Urgent);
        Assert.True(_queue.Remove(First, out _, out var due));
        Assert.Equal(TimeSpan.FromSeconds(1), due);
        Assert.False(_queue.Remove(First, out _, out _));
        Assert.Equal(0, _queue.Urgent);
        Assert.Equal(100, _queue.Bytes);
        Assert.Equal(1, _queue.Count);
        Assert.Equal(TimeSpan.FromSeconds(2), _queue.DueOf(Short));
    }

    [Fact]
    public void A_cancelled_request_fills_the_queue_until_its_answer_comes()
    {
        Assert.True(_queue.MarkCancelled(First));
        Assert.False(_queue.MarkCancelled(First));
        Assert.True(_queue.IsCancelled(First));
        Assert.Equal(16484, _queue.Bytes);

        Assert.True(_queue.Remove(First, out _, out _));
        Assert.False(_queue.IsCancelled(First));
        Assert.False(_queue.MarkCancelled(First));
    }

    [Fact]
    public void What_nobody_waits_for_is_listed_from_the_last_to_come_to_the_first()
    {
        var (third, fourth) = (new BlockRef(new PieceIndex(2), 0, 16384), new BlockRef(new PieceIndex(3), 0, 16384));
        _queue.Add(fourth, TimeSpan.Zero, TimeSpan.FromSeconds(4), isUrgent: false);
        _queue.Add(third, TimeSpan.Zero, TimeSpan.FromSeconds(3), isUrgent: false);
        _queue.MarkCancelled(fourth);

        var ahead = new List<BlockRef>();
        _queue.CollectAhead(ahead);
        Assert.Equal([third, Short], ahead);
    }

    [Fact]
    public void When_all_is_void_only_what_was_not_taken_back_is_missed()
    {
        _queue.MarkCancelled(First);

        Assert.Equal([Short], _queue.TakeAll());
        Assert.True(_queue.IsEmpty);
        Assert.Equal(0, _queue.Bytes);
    }
}
