using System.Buffers;
using System.Text;
using BtFs.Protocol.LocalDiscovery;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Tests.LocalDiscovery;

public class LocalAnnounceTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef01234567";
    private static readonly InfoHash Torrent = new(Convert.FromHexString(Hex));

    [Fact]
    public void An_announce_is_written_as_BEP_14_has_it() => Assert.Equal(
        $"BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: {Hex}\r\ncookie: abc\r\n\r\n\r\n",
        Encoding.ASCII.GetString(Written(new LocalAnnounce(6881, [Torrent], "abc"), isIPv6: false)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_largest_announce_keeps_below_the_limit_and_is_read_back(bool isIPv6)
    {
        var torrents = Enumerable.Range(0, LocalAnnounce.MaxTorrents).Select(i => new InfoHash(Enumerable.Repeat((byte)i, 20).ToArray())).ToList();
        var datagram = Written(new LocalAnnounce(ushort.MaxValue, torrents, new string('c', LocalAnnounce.MaxCookieChars)), isIPv6);

        Assert.InRange(datagram.Length, 1, LocalAnnounce.MaxBytes);
        Assert.True(LocalAnnounceReader.TryRead(datagram, out var read));
        Assert.Equal((ushort.MaxValue, new string('c', LocalAnnounce.MaxCookieChars)), (read.Port, read.Cookie));
        Assert.Equal(torrents, read.Torrents);
        Assert.Throws<ArgumentOutOfRangeException>(() => Written(new LocalAnnounce(1, [.. torrents, Torrent], null), isIPv6));
    }

    [Theory]
    // libtorrent 2.0
    [InlineData("BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: {0}\r\ncookie: 6d2bbb6a\r\n\r\n\r\n")]
    // Transmission 3
    [InlineData("BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: {0}\r\n\r\n\r\n")]
    [InlineData("BT-SEARCH * HTTP/1.0\nINFOHASH:{0}\nport:6881\nX-More: yes\n\n")]
    [InlineData("BT-SEARCH * HTTP/1.1\r\nPort: 6881\r\nInfohash: {0}")]
    public void What_other_clients_send_is_read(string form)
    {
        Assert.True(LocalAnnounceReader.TryRead(Encoding.ASCII.GetBytes(string.Format(null, form, Hex.ToUpperInvariant())), out var announce));

        Assert.Equal(6881, announce.Port);
        Assert.Equal([Torrent], announce.Torrents);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1\r\nPort: 6881\r\nInfohash: " + Hex + "\r\n\r\n")]
    [InlineData("BT-SEARCH * HTTP/1.1\r\nInfohash: " + Hex + "\r\n\r\n")]
    [InlineData("BT-SEARCH * HTTP/1.1\r\nPort: 0\r\nInfohash: " + Hex + "\r\n\r\n")]
    [InlineData("BT-SEARCH * HTTP/1.1\r\nPort: 65536\r\nInfohash: " + Hex + "\r\n\r\n")]
    [InlineData("BT-SEARCH * HTTP/1.1\r\nPort: 6881x\r\nInfohash: " + Hex + "\r\n\r\n")]
    [InlineData("BT-SEARCH * HTTP/1.1\r\nPort: 6881\r\n\r\nInfohash: " + Hex + "\r\n\r\n")]
    [InlineData("BT-SEARCH * HTTP/1.1\r\nPort: 6881\r\nInfohash: " + Hex + "0\r\n\r\n")]
    [InlineData("BT-SEARCH * HTTP/1.1\r\nPort: 6881\r\nInfohash: g123456789abcdef0123456789abcdef01234567\r\n\r\n")]
    [InlineData("BT-SEARCH * HTTP/1.1\r\nPort: 6881\r\nInfohash: " + Hex + "\r\nnonsense\r\n\r\n")]
    public void What_names_no_port_or_no_torrent_is_passed_over(string datagram) =>
        Assert.False(LocalAnnounceReader.TryRead(Encoding.ASCII.GetBytes(datagram), out _));

    [Fact]
    public void A_datagram_is_read_up_to_the_limit_and_not_above()
    {
        var head = $"BT-SEARCH * HTTP/1.1\r\nPort: 6881\r\nInfohash: {Hex}\r\nX: ";
        var longest = Encoding.ASCII.GetBytes(head.PadRight(LocalAnnounce.MaxBytes, 'x'));

        Assert.True(LocalAnnounceReader.TryRead(longest, out _));
        Assert.False(LocalAnnounceReader.TryRead([.. longest, (byte)'x'], out _));
    }

    [Fact]
    public void Damaged_datagrams_are_read_or_passed_over_and_cost_little_memory()
    {
        var good = Written(new LocalAnnounce(6881, [Torrent, Torrent, Torrent], "cookie"), isIPv6: true);
        for (var seed = 0; seed < 20_000; seed++)
        {
            var datagram = Mutation.Of(good, seed);
            var before = GC.GetAllocatedBytesForCurrentThread();

            LocalAnnounceReader.TryRead(datagram, out _);

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (8 * datagram.Length) + 4_096);
        }
    }

    private static byte[] Written(LocalAnnounce announce, bool isIPv6)
    {
        var output = new ArrayBufferWriter<byte>();
        LocalAnnounceWriter.Write(output, announce, isIPv6);
        return output.WrittenSpan.ToArray();
    }
}
