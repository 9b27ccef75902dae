using BtFs.Engine.Picking;

namespace BtFs.Engine.Tests.Picking;

/// <summary>Replays how programs read, as the kernel passes it on.</summary>
public class ReadAheadTests
{
    private const int KiB = 1024;
    private const long MiB = 1024 * KiB;
    private const long GiB = 1024 * MiB;
    private const int PieceLength = 256 * KiB;

    private readonly ReadAhead _ahead = new(4 * GiB, PieceLength);
    private TimeSpan _now;

    [Theory]
    [InlineData(128 * KiB)]
    [InlineData(256 * KiB)]
    public void A_copy_whose_reads_come_slightly_out_of_order_fills_the_link(int length)
    {
        var offsets = Enumerable.Range(0, 400).Select(i => (long)i * length).ToArray();
        for (var i = 1; i < offsets.Length; i += 3)
        {
            (offsets[i], offsets[i - 1]) = (offsets[i - 1], offsets[i]);
        }

        foreach (var offset in offsets)
        {
            // 64 MiB/s, always waiting for more.
            Read(offset, length);
            _ahead.WaitBegins(_now);
            _now += TimeSpan.FromSeconds(length / (64.0 * MiB));
            _ahead.WaitEnds(_now);
        }

        var window = Assert.Single(_ahead.Windows(_now));
        Assert.Equal(399L * length, window.Start);
        Assert.Equal((400L * length) + ReadAhead.MaxWindow, window.End);
    }

    [Fact]
    public void A_single_read_asks_for_nothing_ahead()
    {
        Read(0, 128 * KiB);
        Assert.Empty(_ahead.Windows(_now));
    }

    [Fact]
    public void Random_reads_ask_for_nothing_ahead()
    {
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            // Far enough apart that no two are neighbours.
            Read(((random.NextInt64(1000) * 4) + 1) * MiB, 64 * KiB);
            Assert.True(_ahead.Windows(_now).Sum(window => window.End - window.Start) <= ReadAhead.FirstWindow);
        }
    }

    [Fact]
    public void A_player_that_looks_at_the_end_first_is_read_ahead_where_it_plays()
    {
        Read(0, 64 * KiB);
        Read((4 * GiB) - (64 * KiB), 64 * KiB);
        for (var i = 1; i < 100; i++)
        {
            Read(i * 64L * KiB, 64 * KiB);
        }

        var window = Assert.Single(_ahead.Windows(_now));
        Assert.Equal(99L * 64 * KiB, window.Start);
    }

    [Fact]
    public void Two_positions_read_by_turns_have_a_window_each()
    {
        for (var i = 0; i < 50; i++)
        {
            Read(i * 128L * KiB, 128 * KiB);
            Read((2 * GiB) + (i * 128L * KiB), 128 * KiB);
        }

        Assert.Equal([49L * 128 * KiB, (2 * GiB) + (49L * 128 * KiB)], _ahead.Windows(_now).Select(window => window.Start).Order());
    }

    [Fact]
    public void After_a_seek_nothing_asked_for_before_stands_in_the_way()
    {
        for (var i = 0; i < 50; i++)
        {
            Read(i * 128L * KiB, 128 * KiB);
        }

        Assert.True(Read(3 * GiB, 128 * KiB), "The windows are held, and nobody was told.");
        Assert.True(Assert.Single(_ahead.Windows(_now)).IsHeld);
        _now += AheadBook.HoldFor;
        Assert.Empty(_ahead.Windows(_now));
    }

    [Fact]
    public void A_glance_elsewhere_does_not_move_the_window_of_a_player()
    {
        for (var i = 0; i < 50; i++)
        {
            Play(i);
        }

        var before = Assert.Single(_ahead.Windows(_now));
        Read((4 * GiB) - (64 * KiB), 64 * KiB);
        Assert.Equal(before with { IsHeld = true }, Assert.Single(_ahead.Windows(_now)));

        Play(50);
        var after = Assert.Single(_ahead.Windows(_now));
        Assert.False(after.IsHeld);
        Assert.InRange(after.End, before.End, before.End + MiB);
    }

    [Fact]
    public void A_player_has_ten_seconds_ahead_and_a_copy_what_the_link_needs()
    {
        for (var i = 0; i < 2000; i++)
        {
            Play(i);
        }

        var window = Assert.Single(_ahead.Windows(_now));
        Assert.False(window.IsHurried);
        Assert.InRange(window.End - window.Start, 9 * MiB, 12 * MiB);
    }

    [Fact]
    public void Only_the_first_read_of_a_place_is_scattered()
    {
        Read(GiB, 64 * KiB);
        Assert.True(_ahead.IsScattered(GiB));
        Read(GiB + (64 * KiB), 64 * KiB);
        Assert.False(_ahead.IsScattered(GiB + (64 * KiB)));
    }

    /// <summary>A read of a film that plays at 1 MiB/s.</summary>
    private void Play(int number)
    {
        Read(number * 64L * KiB, 64 * KiB);
        _now += TimeSpan.FromMilliseconds(62.5);
    }

    [Fact]
    public void A_glance_at_the_head_of_a_file_costs_half_a_megabyte_at_most()
    {
        Read(0, 4 * KiB);
        Read(4 * KiB, 32 * KiB);

        Assert.Equal((36 * KiB) + ReadAhead.FirstWindow, Assert.Single(_ahead.Windows(_now)).End);
    }

    [Fact]
    public void What_is_being_read_is_never_outside_the_window_even_at_the_end_of_the_file()
    {
        // The window is told before the read begins to wait: what is under way for it would be cancelled meanwhile.
        var small = new ReadAhead(1 * MiB, PieceLength);
        for (var i = 0; i < 8; i++)
        {
            small.Note(i * 128L * KiB, 128 * KiB, TimeSpan.Zero);
            Assert.All(small.Windows(TimeSpan.Zero), window => Assert.True(window.Start <= i * 128L * KiB));
            Assert.True(i == 0 || small.Windows(TimeSpan.Zero).Any(), "The read at the end of the file is in no window.");
        }
    }

    [Fact]
    public void Windows_end_with_the_file()
    {
        var small = new ReadAhead(1 * MiB, PieceLength);
        for (var i = 0; i < 7; i++)
        {
            small.Note(i * 128L * KiB, 128 * KiB, TimeSpan.Zero);
            Assert.All(small.Windows(TimeSpan.Zero), window => Assert.True(window.End <= 1 * MiB && window.Start < window.End));
        }

        small.Note(7 * 128L * KiB, 128 * KiB, TimeSpan.Zero);
        Assert.Equal(1 * MiB, Assert.Single(small.Windows(TimeSpan.Zero)).End);
    }

    [Fact]
    public void A_reader_in_the_middle_of_a_file_is_measured_by_what_it_reads_and_not_by_where_it_is()
    {
        for (var i = 0; i < 100; i++)
        {
            Read((3 * GiB) + (i * 64L * KiB), 64 * KiB);
            _now += TimeSpan.FromMilliseconds(64);
        }

        // 1 MiB/s; the guess for readers not known yet is 4.
        Assert.InRange(Assert.Single(_ahead.Windows(_now)).BytesPerSecond, 0.9 * MiB, 1.2 * MiB);
    }

    [Fact]
    public void Whatever_is_read_there_are_at_most_four_windows_of_bounded_length()
    {
        var random = new Random(5);
        var position = 0L;
        for (var i = 0; i < 5000; i++)
        {
            position = random.Next(10) == 0 ? random.NextInt64((4 * GiB) - MiB) : Math.Min(position + (128 * KiB), (4 * GiB) - MiB);
            Read(position, 1 + random.Next(1 << 20));
            _now += TimeSpan.FromMilliseconds(random.Next(50));
            Assert.True(_ahead.Windows(_now).Count() <= ReadAhead.MaxTrackers);
            Assert.All(_ahead.Windows(_now), window =>
                Assert.True(window.Start < window.End && window.End <= 4 * GiB && window.End - window.Start <= ReadAhead.MaxWindow + ReadAhead.Reach && window.BytesPerSecond > 0));
        }
    }

    [Theory]
    [InlineData(1024, 128)]
    [InlineData(3072, 64)]
    public void Who_reads_records_here_and_there_soon_has_each_fetched_whole_and_nothing_behind_it(int recordKiB, int readKiB)
    {
        var record = recordKiB * (long)KiB;
        for (var i = 0; i < 40; i++)
        {
            var start = i * 7 % 40 * 64 * MiB;
            for (var offset = start; offset < start + record; offset += readKiB * KiB)
            {
                Read(offset, readKiB * KiB);
                if (i < RunLengths.Fewest)
                {
                    continue;
                }

                var window = _ahead.Windows(_now).SingleOrDefault(window => window.Start >= start && window.End <= start + record);
                Assert.Equal(offset + (readKiB * KiB) < start + record ? start + record : 0, window.End);
            }

            _now += TimeSpan.FromSeconds(3);
        }
    }

    [Fact]
    public void Who_has_read_records_and_then_reads_on_is_a_reader_like_any_other()
    {
        for (var i = 0; i < 10; i++)
        {
            Read(i * 64 * MiB, 128 * KiB);
            Read((i * 64 * MiB) + (128 * KiB), 128 * KiB);
        }

        for (var offset = 3 * GiB; offset < (3 * GiB) + (100 * MiB); offset += 128 * KiB)
        {
            Read(offset, 128 * KiB);
            _now += TimeSpan.FromMilliseconds(5);
        }

        Assert.Equal((3 * GiB) + (100 * MiB) + ReadAhead.MaxWindow, _ahead.Windows(_now).Max(window => window.End));
    }

    private bool Read(long offset, int length) => _ahead.Note(offset, length, _now);
}
