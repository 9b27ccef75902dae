using BtFs.Engine.Peers.Transports.Utp;

namespace BtFs.Engine.Tests.Peers.Utp;

public class UtpConnectionTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(5_000_000)]
    public void Bytes_come_out_as_they_went_in(int length)
    {
        using var line = new SimulatedLine(new LineShape(), seed: 1);
        AssertDelivers(line, length, reply: length / 2);
    }

    [Fact]
    public void Three_thousand_schedules_of_loss_reordering_duplication_and_delay_each_deliver_exactly_the_bytes()
    {
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var shape = new LineShape
            {
                Delay = random.Next(200_000),
                Jitter = random.Next(3) == 0 ? random.Next(100_000) : 0,
                Loss = random.Next(2) == 0 ? random.NextDouble() * 0.1 : 0,
                Duplication = random.Next(3) == 0 ? random.NextDouble() * 0.2 : 0,
                Rate = random.Next(2) == 0 ? 20_000 + random.Next(5_000_000) : double.PositiveInfinity,
                Queue = 5_000 + random.Next(200_000),
            };
            using var line = new SimulatedLine(shape, seed, random.Next(3) == 0 ? 2_000 + random.Next(20_000) : UtpLimits.ReceiveWindow);
            line.Called.Appetite = random.Next(3) == 0 ? 200 + random.Next(5_000) : int.MaxValue;
            AssertDelivers(line, 1 + random.Next(60_000), reply: random.Next(60_000), what: $"seed {seed}");
        }
    }

    [Fact]
    public void A_reader_who_stops_reading_stops_the_sender_and_starts_it_again()
    {
        using var line = new SimulatedLine(new LineShape(), seed: 2, receiveWindow: 100_000);
        line.Called.Appetite = 0;
        line.Caller.Send(Bytes(1_000_000));
        Assert.False(line.RunUntil(() => line.Caller.HasSentAll, TimeSpan.FromMinutes(1)));
        Assert.Empty(line.Called.Received);

        line.Called.Appetite = int.MaxValue;
        Assert.True(line.RunUntil(() => line.Called.Received.Count == 1_000_000, TimeSpan.FromSeconds(60)));
        Assert.Equal(Bytes(1_000_000), line.Called.Received);
    }

    [Fact]
    public void Both_ends_hear_of_the_end_and_nothing_is_left()
    {
        using var line = new SimulatedLine(new LineShape { Loss = 0.05 }, seed: 3);
        line.Caller.Send(Bytes(50_000));
        Assert.True(line.RunUntil(() => line.Caller.HasSentAll && line.Called.Connection is not null, Long));
        line.Caller.Connection!.Close(line.Caller.Now);
        Assert.True(line.RunUntil(() => line.Called.Connection!.IsReadToEnd, Long));
        Assert.Equal(Bytes(50_000), line.Called.Received);

        line.Called.Connection!.Close(line.Called.Now);
        Assert.True(line.RunUntil(() => line.Caller.Connection.State == UtpState.Ended && line.Called.Connection.State == UtpState.Ended, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Nobody_there_is_found_out_after_three_calls()
    {
        using var line = new SimulatedLine(new LineShape { Loss = 1 }, seed: 4);
        Assert.True(line.RunUntil(() => line.Caller.Connection!.State == UtpState.Ended, TimeSpan.FromSeconds(6)));
        Assert.Equal((UtpEnd.TimedOut, 1 + UtpLimits.SynResends), (line.Caller.Connection!.End, line.Caller.PacketsSent));
    }

    [Fact]
    public void A_line_that_dies_is_found_out_after_half_a_minute_and_not_before()
    {
        using var line = new SimulatedLine(new LineShape(), seed: 5);
        line.Caller.Send(Bytes(10_000));
        Assert.True(line.RunUntil(() => line.Called.Received.Count == 10_000, Long));
        line.Shape = line.Shape with { Loss = 1 };
        line.Caller.Send(Bytes(10_000));
        Assert.False(line.RunUntil(() => line.Caller.Connection!.State == UtpState.Ended, TimeSpan.FromSeconds(30)));
        Assert.True(line.RunUntil(() => line.Caller.Connection!.State == UtpState.Ended, TimeSpan.FromSeconds(60)));
        Assert.Equal(UtpEnd.TimedOut, line.Caller.Connection!.End);
    }

    [Fact]
    public void Where_large_packets_disappear_smaller_ones_are_sent()
    {
        using var line = new SimulatedLine(new LineShape(), seed: 6);
        line.Caller.Send(Bytes(400));
        Assert.True(line.RunUntil(() => line.Called.Received.Count == 400, Long));
        line.Shape = line.Shape with { Loss = 1 };
        line.Caller.Send(Bytes(50_000));
        Assert.False(line.RunUntil(() => false, TimeSpan.FromSeconds(4)));

        // What was cut before the first timeouts is fragmented on its way, in truth; here it comes through.
        line.Shape = line.Shape with { Loss = 0 };
        Assert.True(line.RunUntil(() => line.Caller.HasSentAll && line.Caller.Connection!.BytesInFlight == 0, Long));
        line.Shape = line.Shape with { MaxDatagram = UtpLimits.SmallDatagramBytes };
        line.Caller.Send(Bytes(50_000));
        Assert.True(line.RunUntil(() => line.Called.Received.Count == 100_400, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void A_single_packet_lost_is_sent_again_within_a_round_trip_or_two()
    {
        using var line = new SimulatedLine(new LineShape { Delay = 50_000 }, seed: 7);
        line.Caller.Send(Bytes(1_000_000));
        Assert.True(line.RunUntil(() => line.Called.Received.Count > 300_000, Long));
        line.Shape = line.Shape with { Loss = 1 };
        var sent = line.Caller.PacketsSent;
        Assert.True(line.RunUntil(() => line.Caller.PacketsSent > sent, Long));
        line.Shape = line.Shape with { Loss = 0 };
        var at = line.Called.Received.Count;
        Assert.True(line.RunUntil(() => line.Called.Received.Count > at + 100_000, TimeSpan.FromMilliseconds(450)));
    }

    [Theory]
    [InlineData(20_000, 250_000)]
    [InlineData(50_000, 2_500_000)]
    [InlineData(5_000, 10_000_000)]
    public void A_line_alone_is_filled_with_a_queue_of_about_100_ms(int delay, double rate)
    {
        using var line = new SimulatedLine(new LineShape { Delay = delay, Rate = rate }, seed: 8);
        line.Caller.Send(Bytes((int)(rate * 12)));
        Assert.False(line.RunUntil(() => false, TimeSpan.FromSeconds(2)));
        var before = line.Called.Received.Count;
        var queues = new List<long>();
        for (var i = 0; i < 80; i++)
        {
            line.RunUntil(() => false, TimeSpan.FromMilliseconds(100));
            queues.Add(line.Caller.Connection!.QueuingDelay);
        }

        Assert.InRange((line.Called.Received.Count - before) / 8.0, rate * 0.95, rate);
        Assert.InRange(queues.Average(), 0, 130_000);
    }

    [Fact]
    public void Clocks_that_drift_do_not_keep_a_line_from_being_used()
    {
        const double Rate = 1_000_000;
        using var line = new SimulatedLine(new LineShape { Delay = 20_000, Rate = Rate }, seed: 9);
        line.Caller.Send(Bytes((int)(Rate * 70)));

        // 200 ppm: a bad quartz.
        for (var i = 0; i < 600; i++)
        {
            line.RunUntil(() => false, TimeSpan.FromMilliseconds(100));
            line.Called.Skew += 20;
        }

        Assert.InRange(line.Called.Received.Count, (int)(Rate * 60 * 0.9), (int)(Rate * 60));
    }

    private static void AssertDelivers(SimulatedLine line, int length, int reply, string what = "")
    {
        while (!line.RunUntil(() => line.Caller.Connection!.State == UtpState.Connected, TimeSpan.FromSeconds(6)))
        {
            line.Call();
        }

        line.Caller.Send(Bytes(length));
        line.Called.Send(Bytes(reply));
        var isDone = line.RunUntil(() => line.Called.Received.Count >= length && line.Caller.Received.Count >= reply, Long);
        Assert.True(isDone, $"{line.Called.Received.Count} of {length}, {line.Caller.Received.Count} of {reply} after {line.Now / 1_000_000} s; {what}");
        Assert.True(Bytes(length).SequenceEqual(line.Called.Received), what);
        Assert.True(Bytes(reply).SequenceEqual(line.Caller.Received), what);
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
