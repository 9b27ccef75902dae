using System.Net;
using BtFs.Engine.Peers;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Tests.Peers;

public class CancelHabitTests
{
    [Theory]
    [InlineData("-LT2080-", true, true)]
    [InlineData("-LT2080-", false, false)]
    [InlineData("-TR3000-", true, false)]
    public void Who_is_known_to_heed_no_cancel_is_sent_none(string client, bool fast, bool isWorthwhile) =>
        Assert.Equal(isWorthwhile, Of(client, fast).IsWorthwhile);

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Who_sends_cancelled_blocks_all_the_same_is_sent_no_more_cancels(int spared, bool isWorthwhile)
    {
        var habit = Of("-LT2080-", fast: true);
        for (var i = 0; i < CancelHabit.Trial; i++)
        {
            Assert.True(habit.IsWorthwhile);
            habit.Answered(wasSpared: i < spared);
        }

        Assert.Equal(isWorthwhile, habit.IsWorthwhile);
    }

    [Fact]
    public void Who_leaves_a_cancel_unanswered_is_sent_no_more()
    {
        var habit = Of("-LT2080-", fast: true);
        habit.Unanswered();
        Assert.False(habit.IsWorthwhile);
    }

    private static CancelHabit Of(string client, bool fast)
    {
        var id = new byte[20];
        System.Text.Encoding.ASCII.GetBytes(client, id);
        return new CancelHabit(new PeerHello(new IPEndPoint(IPAddress.Loopback, 1), new PeerId(id), IsIncoming: false, fast, Extended: true, V2: false));
    }
}
