using System.Text;
using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Tests.Bencode;

public sealed class BencodeReaderTests
{
    private static readonly BencodeLimits Roomy = new(MaxDepth: 64, MaxTokens: 100_000);

    [Theory]
    [InlineData("i0e", 0)]
    [InlineData("i7e", 7)]
    [InlineData("i-7e", -7)]
    [InlineData("i9223372036854775807e", long.MaxValue)]
    [InlineData("i-9223372036854775808e", long.MinValue)]
    public void An_integer_has_its_value(string text, long expected) => Assert.Equal(expected, Read(text).AsInteger());

    [Theory]
    [InlineData("0:", "")]
    [InlineData("4:spam", "spam")]
    [InlineData("11:hello:world", "hello:world")]
    public void A_string_is_its_bytes(string text, string expected) =>
        Assert.Equal(expected, Encoding.Latin1.GetString(Read(text).AsBytes().Span));

    [Theory]
    [InlineData("")]
    [InlineData("i")]
    [InlineData("ie")]
    [InlineData("i-e")]
    [InlineData("i-0e")]
    [InlineData("i00e")]
    [InlineData("i03e")]
    [InlineData("i-03e")]
    [InlineData("i+3e")]
    [InlineData("i 3e")]
    [InlineData("i3")]
    [InlineData("i3x")]
    [InlineData("i--3e")]
    [InlineData("i3.5e")]
    [InlineData("i9223372036854775808e")]
    [InlineData("i-9223372036854775809e")]
    [InlineData("i18446744073709551616e")]
    [InlineData("i99999999999999999999999999999999999999e")]
    [InlineData(":")]
    [InlineData("1")]
    [InlineData("1:")]
    [InlineData("4:spa")]
    [InlineData("04:spam")]
    [InlineData("00:")]
    [InlineData("-1:x")]
    [InlineData("+1:x")]
    [InlineData("2147483648:x")]
    [InlineData("4294967297:x")]
    [InlineData("99999999999:x")]
    [InlineData("9223372036854775807:x")]
    [InlineData("9223372036854775808:x")]
    [InlineData("99999999999999999999999:x")]
    [InlineData("1 :x")]
    [InlineData("1;x")]
    [InlineData("l")]
    [InlineData("li1e")]
    [InlineData("d")]
    [InlineData("d1:a")]
    [InlineData("d1:ae")]
    [InlineData("d1:ai1e")]
    [InlineData("di1ei2ee")]
    [InlineData("dl1:aei2ee")]
    [InlineData("d1:ai1e1:be")]
    [InlineData("d1:ai1e1:ai2ee")]
    [InlineData("d1:ai1e1:bi1e1:ai2ee")]
    [InlineData("d1:bi1e1:ai1e1:bi2ee")]
    [InlineData("e")]
    [InlineData("x")]
    [InlineData("\0")]
    [InlineData("i1ei2e")]
    [InlineData("lee")]
    [InlineData("i1e ")]
    [InlineData(" i1e")]
    public void What_is_not_bencoding_is_refused(string text)
    {
        var bytes = Bencoded.Text(text);

        var error = Assert.Throws<BencodeException>(() => BencodeDocument.Parse(bytes, Roomy));

        Assert.InRange(error.Offset, 0, bytes.Length);
        Assert.False(BencodeDocument.TryParse(bytes, Roomy, out _));
    }

    [Fact]
    public void A_list_gives_its_items_in_order_and_steps_over_what_is_inside_them()
    {
        var kinds = new List<BencodeKind>();
        foreach (var item in Read("li1el2:abi2eed1:ai3ee2:cde").AsList())
        {
            kinds.Add(item.Kind);
        }

        Assert.Equal([BencodeKind.Integer, BencodeKind.List, BencodeKind.Dictionary, BencodeKind.Bytes], kinds);
    }

    [Fact]
    public void A_dictionary_gives_its_entries_in_the_order_of_the_document()
    {
        var keys = new List<string>();
        foreach (var (key, value) in Read("d1:ald1:xi1eee1:bi2e0:i3ee").AsDictionary())
        {
            keys.Add(Encoding.Latin1.GetString(key.Span) + value.Kind);
        }

        Assert.Equal(["aList", "bInteger", "Integer"], keys);
    }

    [Fact]
    public void A_key_is_found_at_its_own_level_only()
    {
        var value = Read("d1:ad1:bi1ee1:ci2ee");

        Assert.True(value.TryGetInteger("c"u8, out var c));
        Assert.Equal(2, c);
        Assert.False(value.TryGet("b"u8, out _));
        Assert.False(value.TryGet(""u8, out _));
    }

    [Fact]
    public void A_key_whose_value_is_of_another_kind_counts_as_missing()
    {
        var value = Read("d1:ai1ee");

        Assert.False(value.TryGetBytes("a"u8, out _));
        Assert.False(value.TryGetList("a"u8, out var list));
        Assert.False(value.TryGetDictionary("a"u8, out _));
        Assert.Equal(0, list.Count());
    }

    [Fact]
    public void A_value_of_another_kind_is_named_with_its_place()
    {
        Read("d1:al4:spamee").TryGet("a"u8, out var list);

        var error = Assert.Throws<BencodeException>(() => list.AsInteger());

        Assert.Equal("Expected an integer, but found List (at byte 4).", error.Message);
        Assert.Throws<BencodeException>(() => list.AsBytes());
        Assert.Throws<BencodeException>(() => list.AsDictionary());
        Assert.Throws<BencodeException>(() => Read("i1e").AsList());
    }

    [Fact]
    public void A_lookup_in_what_is_no_dictionary_finds_nothing() => Assert.False(Read("l1:ai1ee").TryGet("a"u8, out _));

    [Fact]
    public void Original_bytes_are_those_received_even_where_keys_are_out_of_order()
    {
        var bytes = Bencoded.Text("d4:infod1:bi1e1:ai2eee");

        Assert.True(BencodeDocument.Parse(bytes, Roomy).Root.TryGet("info"u8, out var info));
        Assert.Equal("d1:bi1e1:ai2ee", Encoding.Latin1.GetString(info.OriginalBytes.Span));
        Assert.Equal(7, info.Offset);
    }

    [Fact]
    public void What_follows_the_first_value_is_left_to_the_caller()
    {
        var bytes = Bencoded.Text("d1:ai1eeBLOCK");

        var document = BencodeDocument.ParsePrefix(bytes, Roomy, out var consumed);

        Assert.Equal(8, consumed);
        Assert.Equal("d1:ai1ee", Encoding.Latin1.GetString(document.Root.OriginalBytes.Span));
        Assert.Equal(8, Assert.Throws<BencodeException>(() => BencodeDocument.Parse(bytes, Roomy)).Offset);
    }

    [Fact]
    public void Keys_out_of_order_are_told_apart_by_all_their_bytes()
    {
        var value = Read("d2:abi1e1:ai2e0:i3e3:abci4e1:bi5ee");

        Assert.True(value.TryGetInteger(""u8, out var empty));
        Assert.Equal(3, empty);
    }

    private static BencodeValue Read(string text) => BencodeDocument.Parse(Bencoded.Text(text), Roomy).Root;
}
