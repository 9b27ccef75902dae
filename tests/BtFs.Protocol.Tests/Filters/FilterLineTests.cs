using System.Buffers.Binary;
using System.Net;
using System.Text;
using BtFs.Protocol.Filters;

namespace BtFs.Protocol.Tests.Filters;

public class FilterLineTests
{
    [Theory]
    [InlineData("Some name:1.2.3.4-1.2.3.9", "1.2.3.4", "1.2.3.9")]
    [InlineData("A: name: with colons:1.2.3.4-1.2.3.9", "1.2.3.4", "1.2.3.9")]
    [InlineData("A-name with-dashes:1.2.3.4-1.2.3.9\r", "1.2.3.4", "1.2.3.9")]
    [InlineData("1.2.3.4-5.6.7.8, a name:1.2.3.4-1.2.3.9", "1.2.3.4", "5.6.7.8")]
    [InlineData("six:2001:db8::1-2001:db8::ff", "2001:db8::1", "2001:db8::ff")]
    [InlineData("001.002.003.004 - 001.002.003.019 , 000 , Some name", "1.2.3.4", "1.2.3.19")]
    [InlineData("000.000.000.000 - 255.255.255.255 , 127 , All", "0.0.0.0", "255.255.255.255")]
    [InlineData("1.2.3.4 - 1.2.3.9", "1.2.3.4", "1.2.3.9")]
    [InlineData("  1.2.3.4\t", "1.2.3.4", "1.2.3.4")]
    [InlineData("1.2.3.0/24", "1.2.3.0", "1.2.3.255")]
    [InlineData("1.2.3.77/24", "1.2.3.0", "1.2.3.255")]
    [InlineData("1.2.3.4/32", "1.2.3.4", "1.2.3.4")]
    [InlineData("0.0.0.0/0", "0.0.0.0", "255.255.255.255")]
    [InlineData("2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("2001:db8::7", "2001:db8::7", "2001:db8::7")]
    [InlineData("\uFEFF1.2.3.4", "1.2.3.4", "1.2.3.4")]
    public void A_line_is_read_in_every_format(string line, string first, string last)
    {
        Assert.True(FilterLine.TryRead(Encoding.UTF8.GetBytes(line), out var range));
        Assert.Equal(new AddressRange(Number(first), Number(last), first.Contains(':')), range);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \r")]
    [InlineData("# 1.2.3.4")]
    [InlineData("// 1.2.3.4")]
    [InlineData("001.002.003.004 - 001.002.003.009 , 128 , permitted")]
    [InlineData("001.002.003.004 - 001.002.003.009,255,permitted")]
    public void A_line_that_blocks_nothing_is_no_mistake(string line)
    {
        Assert.True(FilterLine.TryRead(Encoding.UTF8.GetBytes(line), out var range));
        Assert.Null(range);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("name:")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2..4")]
    [InlineData("1.2.3.")]
    [InlineData("1.2.3.0004")]
    [InlineData("1.2.3.9-1.2.3.4")]
    [InlineData("1.2.3.4-")]
    [InlineData("1.2.3.4-2001:db8::1")]
    [InlineData("1.2.3.0/33")]
    [InlineData("1.2.3.0/-1")]
    [InlineData("1.2.3.0/")]
    [InlineData("1.2.3.0/24x")]
    [InlineData("2001:db8::/129")]
    [InlineData("fe80::1%eth0")]
    public void A_line_that_makes_no_sense_is_told(string line)
    {
        Assert.False(FilterLine.TryRead(Encoding.UTF8.GetBytes(line), out var range));
        Assert.Null(range);
    }

    [Fact]
    public void A_line_of_4096_bytes_is_read_and_a_longer_one_is_not()
    {
        const string end = ":1.2.3.4-1.2.3.9";
        var line = new string('x', FilterLine.MaxBytes - end.Length) + end;
        Assert.True(FilterLine.TryRead(Encoding.UTF8.GetBytes(line), out _));
        Assert.False(FilterLine.TryRead(Encoding.UTF8.GetBytes('x' + line), out _));
    }

    private static UInt128 Number(string address)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        return BinaryPrimitives.ReadUInt128BigEndian([.. new byte[16 - bytes.Length], .. bytes]);
    }
}
