using System.IO.Compression;
using System.Net;
using System.Text;
using BtFs.Engine.Peers;

namespace BtFs.Engine.Tests.Network;

public class AddressFilterTests
{
    [Fact]
    public void A_range_holds_its_borders_and_nothing_beyond()
    {
        var filter = Read("one:1.2.3.4-1.2.3.9\n0.0.0.0\n255.255.255.255\n2001:db8::10-2001:db8::20\n::\n");
        Assert.Equal(5, filter.Count);
        foreach (var (address, isIn) in new[]
        {
            ("1.2.3.3", false), ("1.2.3.4", true), ("1.2.3.6", true), ("1.2.3.9", true), ("1.2.3.10", false),
            ("0.0.0.0", true), ("0.0.0.1", false), ("255.255.255.254", false), ("255.255.255.255", true),
            ("2001:db8::f", false), ("2001:db8::10", true), ("2001:db8::20", true), ("2001:db8::21", false), ("::", true), ("::1", false),
        })
        {
            Assert.Equal((address, isIn), (address, filter.Contains(IPAddress.Parse(address))));
        }
    }

    [Fact]
    public void An_IPv4_address_inside_an_IPv6_one_counts_as_itself()
    {
        var filter = Read("1.2.3.4");
        Assert.True(filter.Contains(IPAddress.Parse("::ffff:1.2.3.4")));
        Assert.False(filter.Contains(IPAddress.Parse("::ffff:1.2.3.5")));
    }

    [Fact]
    public void Ranges_that_overlap_touch_or_lie_in_each_other_become_one_in_whatever_order_they_come()
    {
        var filter = Read("1.0.0.50-1.0.0.60\n1.0.0.0-1.0.0.9\n1.0.0.10-1.0.0.20\n1.0.0.5-1.0.0.7\n1.0.0.52\n2001:db8::1\n2001:db8::0\n1.0.0.60-1.0.0.61\n");
        Assert.Equal(3, filter.Count);
        Assert.Equal(
            Enumerable.Range(0, 100).Where(last => last is <= 20 or >= 50 and <= 61),
            Enumerable.Range(0, 100).Where(last => filter.Contains(IPAddress.Parse($"1.0.0.{last}"))));
    }

    [Fact]
    public void Lines_that_make_no_sense_are_counted_and_passed_over()
    {
        var filter = Read("# fine\n1.2.3.4\nwhat is this\n\n" + new string('x', 200_000) + "\nnor this\n5.6.7.8");
        Assert.Equal((2, 3, 3), (filter.Count, filter.BadLines, filter.FirstBadLine));
        Assert.True(filter.Contains(IPAddress.Parse("5.6.7.8")));
    }

    [Fact]
    public void A_list_may_be_compressed_or_empty_or_come_through_a_pipe()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write("1.2.3.4\n"u8);
        }

        packed.Position = 0;
        Assert.True(AddressFilter.Read(packed).Contains(IPAddress.Parse("1.2.3.4")));
        Assert.Equal((0, 0), (Read("").Count, Read("").BadLines));

        packed.Position = 0;
        using var pipe = new GZipStream(packed, CompressionMode.Decompress);
        Assert.True(AddressFilter.Read(pipe).Contains(IPAddress.Parse("1.2.3.4")));
    }

    [Fact]
    public void A_damaged_archive_is_told_as_one() =>
        Assert.Throws<InvalidDataException>(() => AddressFilter.Read(new MemoryStream([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff])));

    [Fact]
    public void Of_a_million_ranges_each_is_found()
    {
        var text = new StringBuilder(32 << 20);
        for (var i = 0; i < 1_000_000; i++)
        {
            // Every second sixteen addresses, in an order that is not theirs.
            var start = (uint)((i * 7919L % 1_000_000) * 32);
            text.Append("name:").Append(new IPAddress(BitConverter.GetBytes(IPAddress.HostToNetworkOrder((int)start)))).Append('-')
                .Append(new IPAddress(BitConverter.GetBytes(IPAddress.HostToNetworkOrder((int)(start + 15))))).Append('\n');
        }

        var filter = Read(text.ToString());
        Assert.Equal(1_000_000, filter.Count);

        // 999,999 · 32 = 1.232.71.224 and on.
        Assert.True(filter.Contains(IPAddress.Parse("0.0.0.47")));
        Assert.False(filter.Contains(IPAddress.Parse("0.0.0.48")));
        Assert.True(filter.Contains(IPAddress.Parse("1.232.71.239")));
        Assert.False(filter.Contains(IPAddress.Parse("1.232.71.240")));
    }

    [Fact]
    public void A_list_has_four_million_ranges_at_most()
    {
        var line = "1.2.3.4\n"u8.ToArray();
        var lines = new byte[line.Length * (AddressFilter.MaxRanges + 1)];
        for (var i = 0; i < lines.Length; i += line.Length)
        {
            line.CopyTo(lines, i);
        }

        Assert.Equal(1, AddressFilter.Read(new MemoryStream(lines, 0, lines.Length - line.Length)).Count);
        Assert.Throws<InvalidDataException>(() => AddressFilter.Read(new MemoryStream(lines)));
    }

    [Fact]
    public void A_peer_in_the_filter_is_neither_called_nor_heard_though_the_user_named_it()
    {
        var book = new PeerBook(filter: Read("192.0.2.0/24"));
        book.Add(new IPEndPoint(IPAddress.Parse("192.0.2.7"), 6881), isNamed: true);
        book.Add(new IPEndPoint(IPAddress.Parse("198.51.100.7"), 6881), isNamed: false);
        Assert.Equal(1, book.Count);
        Assert.True(book.IsBanned(IPAddress.Parse("192.0.2.8")));
        Assert.False(book.IsBanned(IPAddress.Parse("198.51.100.8")));
    }

    private static AddressFilter Read(string text) => AddressFilter.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)));
}
