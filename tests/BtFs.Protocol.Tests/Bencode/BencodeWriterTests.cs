using System.Buffers;
using System.Text;
using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Tests.Bencode;

public sealed class BencodeWriterTests
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly BencodeWriter _writer;

    public BencodeWriterTests() => _writer = new BencodeWriter(_output);

    [Theory]
    [InlineData(0, "i0e")]
    [InlineData(-1, "i-1e")]
    [InlineData(long.MaxValue, "i9223372036854775807e")]
    [InlineData(long.MinValue, "i-9223372036854775808e")]
    public void An_integer_is_written_in_its_only_form(long value, string expected)
    {
        _writer.WriteInteger(value);

        Assert.Equal(expected, Written());
    }

    [Fact]
    public void Lists_and_dictionaries_nest()
    {
        _writer.WriteStartDictionary();
        _writer.WriteKey(""u8);
        _writer.WriteStartList();
        _writer.WriteString("spam");
        _writer.WriteStartDictionary();
        _writer.WriteEnd();
        _writer.WriteEnd();
        _writer.WriteKey("b"u8);
        _writer.WriteStartDictionary();
        _writer.WriteKey("a"u8);
        _writer.WriteEncoded("le"u8);
        _writer.WriteEnd();
        _writer.WriteKey("c"u8);
        _writer.WriteInteger(1);
        Assert.False(_writer.IsComplete);
        _writer.WriteEnd();

        Assert.True(_writer.IsComplete);
        Assert.Equal("d0:l4:spamdee1:bd1:alee1:ci1ee", Written());
    }

    [Theory]
    [InlineData("b", "a")]
    [InlineData("a", "a")]
    [InlineData("ab", "a")]
    [InlineData("a", "")]
    public void Keys_out_of_order_are_not_written(string first, string second)
    {
        _writer.WriteStartDictionary();
        _writer.WriteKey(Encoding.UTF8.GetBytes(first));
        _writer.WriteInteger(1);

        Assert.Throws<InvalidOperationException>(() => _writer.WriteKey(Encoding.UTF8.GetBytes(second)));
    }

    [Fact]
    public void Keys_longer_than_any_before_are_compared_whole()
    {
        var longKey = Encoding.ASCII.GetBytes(new string('k', 1000));
        _writer.WriteStartDictionary();
        _writer.WriteKey(longKey);
        _writer.WriteStartDictionary();
        _writer.WriteKey("a"u8);
        _writer.WriteInteger(1);
        _writer.WriteEnd();

        Assert.Throws<InvalidOperationException>(() => _writer.WriteKey(longKey));
    }

    [Fact]
    public void A_value_without_its_key_is_not_written()
    {
        _writer.WriteStartDictionary();

        Assert.Throws<InvalidOperationException>(() => _writer.WriteInteger(1));
        Assert.Throws<InvalidOperationException>(() => _writer.WriteStartList());
    }

    [Fact]
    public void A_key_without_its_value_is_not_written()
    {
        _writer.WriteStartDictionary();
        _writer.WriteKey("a"u8);

        Assert.Throws<InvalidOperationException>(() => _writer.WriteKey("b"u8));
        Assert.Throws<InvalidOperationException>(() => _writer.WriteEnd());
    }

    [Fact]
    public void A_key_outside_a_dictionary_is_not_written()
    {
        Assert.Throws<InvalidOperationException>(() => _writer.WriteKey("a"u8));
        _writer.WriteStartList();
        Assert.Throws<InvalidOperationException>(() => _writer.WriteKey("a"u8));
    }

    [Fact]
    public void Nothing_follows_a_whole_value()
    {
        _writer.WriteInteger(1);

        Assert.Throws<InvalidOperationException>(() => _writer.WriteInteger(2));
        Assert.Throws<InvalidOperationException>(() => _writer.WriteEnd());
    }

    private string Written() => Encoding.Latin1.GetString(_output.WrittenSpan);
}
