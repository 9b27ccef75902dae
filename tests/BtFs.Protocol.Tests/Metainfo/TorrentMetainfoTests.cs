using System.Security.Cryptography;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Tests.Bencode;

namespace BtFs.Protocol.Tests.Metainfo;

public sealed class TorrentMetainfoTests
{
    private const int PieceLength = InfoSample.PieceLength;

    [Theory]
    [InlineData("")]
    [InlineData("<html>Not found</html>")]
    [InlineData("de")]
    [InlineData("d4:infodee")]
    [InlineData("le")]
    [InlineData("d4:info0:e")]
    public void What_is_no_torrent_is_refused(string text) => Assert.Throws<MetainfoException>(() => TorrentMetainfo.Parse(Bencoded.Text(text)));

    [Fact]
    public void A_web_page_is_recognised_as_no_torrent() =>
        Assert.Equal(
            "The file is not a torrent: No value begins with the byte 0x3c (at byte 0).",
            Assert.Throws<MetainfoException>(() => TorrentMetainfo.Parse("<html>"u8.ToArray())).Message);

    [Fact]
    public void Bytes_behind_the_torrent_are_refused() =>
        Assert.Throws<MetainfoException>(() => TorrentMetainfo.Parse(Torrent().Append((byte)'x').ToArray()));

    [Fact]
    public void A_list_of_trackers_replaces_the_single_one()
    {
        var torrent = Parse(("announce", "http://one"), ("announce-list", new object[] { new[] { "http://a", "http://b" }, Array.Empty<object>(), new[] { "http://c" } }));

        Assert.Equal([["http://a", "http://b"], ["http://c"]], torrent.TrackerTiers);
    }

    [Fact]
    public void The_single_tracker_serves_where_the_list_names_none()
    {
        Assert.Equal([["http://one"]], Parse(("announce", "http://one")).TrackerTiers);
        Assert.Equal([["http://one"]], Parse(("announce", "http://one"), ("announce-list", new object[] { new[] { "", "  " }, 1 })).TrackerTiers);
        Assert.Equal([["http://one"]], Parse(("announce", "http://one"), ("announce-list", "nonsense")).TrackerTiers);
        Assert.Empty(Parse(("announce", 1)).TrackerTiers);
        Assert.Empty(Parse().TrackerTiers);
    }

    [Fact]
    public void A_tracker_named_twice_is_kept_once()
    {
        var tiers = Parse(("announce-list", new object[] { new[] { "http://a", " http://a " }, new[] { "http://a" }, new[] { "http://b", "http://a" } })).TrackerTiers;

        Assert.Equal([["http://a"], ["http://b"]], tiers);
    }

    [Theory]
    [InlineData(MetainfoLimits.MaxTrackers)]
    [InlineData(MetainfoLimits.MaxTrackers + 1)]
    public void Surplus_trackers_are_left_out(int count)
    {
        var urls = Enumerable.Range(0, count).Select(i => $"http://t{i}").ToArray();

        Assert.Equal(urls[..64], Assert.Single(Parse(("announce-list", new object[] { urls })).TrackerTiers));
    }

    [Theory]
    [InlineData(MetainfoLimits.MaxTrackerTiers)]
    [InlineData(MetainfoLimits.MaxTrackerTiers + 1)]
    public void Surplus_tiers_are_left_out(int count)
    {
        var tiers = Enumerable.Range(0, count).Select(i => (object)new[] { $"http://t{i}" }).ToArray();

        Assert.Equal(8, Parse(("announce-list", tiers)).TrackerTiers.Count);
    }

    [Theory]
    [InlineData(MetainfoLimits.MaxUrlLength, 1)]
    [InlineData(MetainfoLimits.MaxUrlLength + 1, 0)]
    public void Overlong_urls_are_left_out(int length, int kept)
    {
        var url = "http://".PadRight(length, 'x');

        Assert.Equal(kept, Parse(("announce", url)).TrackerTiers.Count);
        Assert.Equal(kept, Parse(("url-list", url)).WebSeeds.Count);
    }

    [Fact]
    public void Web_seeds_are_one_or_a_list()
    {
        Assert.Equal(["http://a/"], Parse(("url-list", "http://a/")).WebSeeds);
        Assert.Equal(["http://a/", "http://b/"], Parse(("url-list", new object[] { "http://a/", 5, "http://b/", "http://a/" })).WebSeeds);
        Assert.Empty(Parse(("url-list", "")).WebSeeds);
        Assert.Equal(["http://a/", "http://b/"], Parse(("httpseeds", new object[] { "http://a/", 5, "http://b/", "http://a/" })).HttpSeeds);
    }

    [Theory]
    [InlineData(MetainfoLimits.MaxWebSeeds)]
    [InlineData(MetainfoLimits.MaxWebSeeds + 1)]
    public void Surplus_web_seeds_are_left_out(int count)
    {
        var urls = Enumerable.Range(0, count).Select(i => $"http://w{i}").ToArray();
        Assert.Equal(16, Parse(("url-list", urls)).WebSeeds.Count);
        Assert.Equal(16, Parse(("httpseeds", urls)).HttpSeeds.Count);
    }

    [Fact]
    public void Nodes_are_pairs_of_host_and_port_and_what_is_not_is_left_out()
    {
        var torrent = Parse(("nodes", new object[]
        {
            new object[] { "router.example", 6881 }, new object[] { "10.0.0.1", 65535 }, new object[] { "::1", 1 }, new object[] { "a", 0 },
            new object[] { "a", 65536 }, new object[] { "a", -1 }, new object[] { "a" }, new object[] { 1, "a" }, "a", new object[] { "a b", 1 },
        }));

        Assert.Equal(["router.example:6881", "10.0.0.1:65535", "[::1]:1"], torrent.Nodes.Select(node => node.ToString()));
    }

    [Theory]
    [InlineData(MetainfoLimits.MaxNodes)]
    [InlineData(MetainfoLimits.MaxNodes + 1)]
    public void Surplus_nodes_are_left_out(int count) =>
        Assert.Equal(32, Parse(("nodes", Enumerable.Range(0, count).Select(i => (object)new object[] { $"n{i}", 1 }).ToArray())).Nodes.Count);

    [Theory]
    [InlineData(long.MinValue, false)]
    [InlineData(-1, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1_700_000_000, true)]
    [InlineData(4_102_444_799, true)]
    [InlineData(4_102_444_800, false)]
    [InlineData(1_700_000_000_000, false)]
    [InlineData(long.MaxValue, false)]
    public void An_absurd_creation_date_counts_as_none(long seconds, bool isKept) =>
        Assert.Equal(isKept ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null, Parse(("creation date", seconds)).CreatedAt);

    [Fact]
    public void Text_that_is_not_utf8_is_still_text()
    {
        var torrent = Parse(("comment", new byte[] { 0x61, 0xff }), ("created by", "old"), ("created by.utf-8", "new"));

        Assert.Equal("a\ufffd", torrent.Comment);
        Assert.Equal("new", torrent.CreatedBy);
        Assert.Null(Parse(("comment", 1)).Comment);
    }

    [Fact]
    public void A_piece_layer_that_hashes_to_its_root_is_kept()
    {
        var (torrent, layer) = V2Torrent();

        var read = TorrentMetainfo.Parse(torrent);

        Assert.True(read.PieceLayers.TryGet(read.Info.Files[0], out var kept));
        Assert.Equal(layer, kept.ToArray());
    }

    [Fact]
    public void A_wrong_piece_layer_is_refused()
    {
        var wrong = V2Torrent().Layer;
        wrong[40] ^= 1;
        Assert.Equal("The torrent's piece hashes do not belong to its version 2 files.", RefusalOf(wrong));
        Assert.Equal("The torrent has 64 bytes of piece hashes for a version 2 file that needs 96.", RefusalOf(wrong[..64]));
        Assert.Equal("The torrent has 128 bytes of piece hashes for a version 2 file that needs 96.", RefusalOf([.. wrong, .. new byte[32]]));
        Assert.Equal("The torrent has 0 bytes of piece hashes for a version 2 file that needs 96.", RefusalOf([]));
        Assert.Equal("The torrent lacks the piece hashes of a version 2 file.", RefusalOf(null));
    }

    [Fact]
    public void A_file_of_one_piece_needs_no_layer() =>
        Assert.Equal(1, Parse(InfoSample.Tree(("a", InfoSample.Leaf(PieceLength)))).Info.PieceCount);

    private static string RefusalOf(byte[]? layer) => Assert.Throws<MetainfoException>(() => TorrentMetainfo.Parse(V2Torrent(layer ?? [], layer is null).Torrent)).Message;

    /// <summary>A torrent of one file of two pieces and a half, each of 32 KiB.</summary>
    private static (byte[] Torrent, byte[] Layer) V2Torrent(byte[]? stated = null, bool isMissing = false)
    {
        byte[][] leaves = [.. Enumerable.Range(1, 5).Select(i => SHA256.HashData([(byte)i])), new byte[32]];
        byte[] layer = [.. Pair(leaves[0], leaves[1]), .. Pair(leaves[2], leaves[3]), .. Pair(leaves[4], leaves[5])];
        var root = Pair(Pair(layer[..32], layer[32..64]), Pair(layer[64..], Pair(new byte[32], new byte[32])));
        var leaf = Bencoded.Dictionary(("", Bencoded.Dictionary(("length", 5 * 16384), ("pieces root", root))));
        var info = InfoSample.Tree(("a", leaf)).With("piece length", 32 * 1024).ToBytes();
        (string Key, object Value)[] layers = isMissing ? [] : [(System.Text.Encoding.Latin1.GetString(root), stated ?? layer)];
        return (Bencoded.Of(Bencoded.Dictionary(("info", new Bencoded.Raw(info)), ("piece layers", layers))), layer);
    }

    private static byte[] Pair(byte[] left, byte[] right) => SHA256.HashData([.. left, .. right]);

    private static byte[] Torrent(params (string Key, object Value)[] entries) => Torrent(InfoSample.SingleFile(), entries);

    private static byte[] Torrent(InfoSample info, params (string Key, object Value)[] entries) =>
        Bencoded.Of((ValueTuple<string, object>[])[.. entries, ("info", new Bencoded.Raw(info.ToBytes()))]);

    private static TorrentMetainfo Parse(params (string Key, object Value)[] entries) => TorrentMetainfo.Parse(Torrent(entries));

    private static TorrentMetainfo Parse(InfoSample info) => TorrentMetainfo.Parse(Torrent(info));
}
