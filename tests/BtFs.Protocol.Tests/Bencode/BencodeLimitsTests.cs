using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Tests.Bencode;

public sealed class BencodeLimitsTests
{
    private const int SmallStack = 256 * 1024;
    private const int BombLength = 2 * 1024 * 1024;
    private const int AllowedPerByte = 64;
    private const int AllowedAnyway = 64 * 1024;

    public static TheoryData<BencodeLimits, int, int> Presets => new()
    {
        { BencodeLimits.Torrent, 64, 2_500_000 },
        { BencodeLimits.Tracker, 8, 150_000 },
        { BencodeLimits.Dht, 8, 500 },
        { BencodeLimits.Extension, 8, 2_000 },
    };

    [Theory]
    [MemberData(nameof(Presets))]
    public void Nesting_is_read_up_to_the_limit_and_refused_one_deeper(BencodeLimits limits, int depth, int tokens)
    {
        Assert.Equal((depth, tokens), (limits.MaxDepth, limits.MaxTokens));
        Assert.True(BencodeDocument.TryParse(Bencoded.Text(Nested(depth)), limits, out _));
        Assert.False(BencodeDocument.TryParse(Bencoded.Text(Nested(depth + 1)), limits, out _));
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void Values_are_read_up_to_the_limit_and_refused_one_more(BencodeLimits limits, int depth, int tokens)
    {
        Assert.True(depth > 0);
        Assert.True(BencodeDocument.TryParse(Bencoded.Text(ListOf(tokens - 1)), limits, out _));
        Assert.False(BencodeDocument.TryParse(Bencoded.Text(ListOf(tokens)), limits, out _));
    }

    [Fact]
    public void Keys_count_as_values()
    {
        Assert.True(BencodeDocument.TryParse(Bencoded.Text("d1:ai1ee"), new BencodeLimits(1, 3), out _));
        Assert.False(BencodeDocument.TryParse(Bencoded.Text("d1:ai1ee"), new BencodeLimits(1, 2), out _));
    }

    [Fact]
    public void A_lone_value_needs_no_depth()
    {
        var flat = new BencodeLimits(MaxDepth: 0, MaxTokens: 1);

        Assert.True(BencodeDocument.TryParse(Bencoded.Text("4:spam"), flat, out _));
        Assert.False(BencodeDocument.TryParse(Bencoded.Text("le"), flat, out _));
    }

    [Theory]
    [InlineData("l")]
    [InlineData("d1:a")]
    [InlineData("d0:l")]
    public void A_depth_bomb_needs_no_more_stack_than_any_other_input(string layer)
    {
        var bomb = Bencoded.Text(string.Concat(Enumerable.Repeat(layer, BombLength / layer.Length)));
        var unlimited = new BencodeLimits(int.MaxValue, int.MaxValue);
        var outcomes = new List<bool>();

        var thread = new Thread(
            () =>
            {
                outcomes.Add(BencodeDocument.TryParse(bomb, BencodeLimits.Torrent, out _));
                outcomes.Add(BencodeDocument.TryParse(bomb, unlimited, out _));
            },
            SmallStack);
        thread.Start();
        thread.Join();

        Assert.Equal([false, false], outcomes);
    }

    [Fact]
    public void A_tree_as_deep_as_its_bytes_allow_can_be_read_where_no_limit_forbids_it()
    {
        var document = BencodeDocument.Parse(Bencoded.Text(Nested(BombLength / 2)), new BencodeLimits(int.MaxValue, int.MaxValue));

        Assert.Equal(BombLength, document.Root.OriginalBytes.Length);
    }

    [Theory]
    [InlineData("le")]
    [InlineData("0:")]
    [InlineData("i1e")]
    [InlineData("de")]
    [InlineData("d0:0:e")]
    [InlineData("d1:b0:1:a0:e")]
    public void Memory_stays_within_a_small_multiple_of_the_input(string filling)
    {
        var bytes = Bencoded.Text("l" + string.Concat(Enumerable.Repeat(filling, 200_000)) + "e");

        Assert.InRange(AllocatedBy(() => BencodeDocument.Parse(bytes, BencodeLimits.Torrent)), 1, (AllowedPerByte * bytes.Length) + AllowedAnyway);
    }

    [Fact]
    public void A_dictionary_in_reverse_order_stays_within_the_same_memory()
    {
        var keys = Enumerable.Range(0, 200_000).Select(i => ($"{999_999 - i}", (object)1)).ToArray();
        var bytes = Bencoded.Of(keys);

        Assert.InRange(AllocatedBy(() => BencodeDocument.Parse(bytes, BencodeLimits.Torrent)), 1, (AllowedPerByte * bytes.Length) + AllowedAnyway);
    }

    [Fact]
    public void A_length_prefix_allocates_nothing_before_its_bytes_are_there()
    {
        var bytes = Bencoded.Text("l2000000000:xe");

        Assert.InRange(AllocatedBy(() => Assert.Throws<BencodeException>(() => BencodeDocument.Parse(bytes, BencodeLimits.Torrent))), 1, AllowedAnyway);
    }

    private static long AllocatedBy(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static string Nested(int depth) => new string('l', depth) + new string('e', depth);

    private static string ListOf(int count) => "l" + string.Concat(Enumerable.Repeat("0:", count)) + "e";
}
