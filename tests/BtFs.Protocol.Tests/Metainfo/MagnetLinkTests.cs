using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Tests.Metainfo;

public sealed class MagnetLinkTests
{
    private const string V1 = "c12fe1c06bba254a9dc9f519b335aa7c1367a88a";
    private const string V1Base32 = "YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK";
    private const string V2 = "caf1e1c30e81cb361b9ee167c4aa64228a7fa4fa9f6105232b28ad099f3a302e";
    private const string Start = "magnet:?xt=urn:btih:" + V1;

    [Theory]
    [InlineData(Start)]
    [InlineData("magnet:?xt=urn:btih:C12FE1C06BBA254A9DC9F519B335AA7C1367A88A")]
    [InlineData("magnet:?xt=urn:btih:" + V1Base32)]
    [InlineData("magnet:?xt=urn:btih:yex6dqdlxisuvhoj6um3gnnkpqjwpkek")]
    [InlineData("MAGNET:?XT=URN:BTIH:" + V1)]
    [InlineData("magnet:?xt.1=urn:btih:" + V1)]
    [InlineData("magnet:?xt=urn%3Abtih%3A" + V1)]
    [InlineData("magnet:xt=urn:btih:" + V1)]
    [InlineData("  " + Start + "\n")]
    [InlineData("magnet:?&&dn&=&x=1&xt=urn:sha1:YNCKHTQCWBTRNJIV4WNAE52SJUQCZO5C&xt=urn:btih:" + V1)]
    public void A_version_1_infohash_is_read_in_every_form(string text)
    {
        var link = MagnetLink.Parse(text);

        Assert.Equal(V1, link.InfoHashV1.ToString());
        Assert.Equal(V1, link.InfoHash.ToString());
        Assert.Null(link.InfoHashV2);
    }

    [Fact]
    public void A_version_2_infohash_joins_its_swarm_by_its_first_20_bytes()
    {
        var link = MagnetLink.Parse("magnet:?xt=urn:btmh:1220" + V2);

        Assert.Null(link.InfoHashV1);
        Assert.Equal(V2, link.InfoHashV2.ToString());
        Assert.Equal(V2[..40], link.InfoHash.ToString());
    }

    [Fact]
    public void A_hybrid_torrent_has_two_infohashes_and_joins_by_the_first()
    {
        var link = MagnetLink.Parse("magnet:?xt=urn:btmh:1220" + V2 + "&xt=urn:btih:" + V1);

        Assert.Equal((V1, V2, V1), (link.InfoHashV1.ToString(), link.InfoHashV2.ToString(), link.InfoHash.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://example.org/")]
    [InlineData("magnet")]
    [InlineData("magnet:")]
    [InlineData("magnet:?")]
    [InlineData("magnet:?dn=name")]
    [InlineData("magnet:?xt=")]
    [InlineData("magnet:?xt=urn:sha1:YNCKHTQCWBTRNJIV4WNAE52SJUQCZO5C")]
    [InlineData("magnet:?xt=urn:btih:")]
    [InlineData("magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88")]
    [InlineData("magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88aa")]
    [InlineData("magnet:?xt=urn:btih:g12fe1c06bba254a9dc9f519b335aa7c1367a88a")]
    [InlineData("magnet:?xt=urn:btih:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKE1")]
    [InlineData("magnet:?xt=urn:btih:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKE")]
    [InlineData("magnet:?xt=urn:btih:" + V2)]
    [InlineData("magnet:?xt=urn:btmh:" + V2)]
    [InlineData("magnet:?xt=urn:btmh:1120" + V2)]
    [InlineData("magnet:?xt=urn:btmh:1220" + V1)]
    [InlineData(Start + "&xt=urn:btih:0000000000000000000000000000000000000000")]
    [InlineData(Start + "&xt=urn:btmh:1220")]
    public void A_link_that_names_no_torrent_is_refused(string text)
    {
        var error = Assert.Throws<MagnetException>(() => MagnetLink.Parse(text));

        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        Assert.False(MagnetLink.TryParse(text, out var link));
        Assert.Null(link);
    }

    [Fact]
    public void The_same_infohash_twice_is_still_one() =>
        Assert.Equal(V1, MagnetLink.Parse(Start + "&xt=urn:btih:" + V1Base32).InfoHash.ToString());

    [Theory]
    [InlineData("a%20b", "a b")]
    [InlineData("a+b", "a b")]
    [InlineData("a%2Bb", "a+b")]
    [InlineData("%C3%BC", "ü")]
    [InlineData("ü", "ü")]
    [InlineData("100%", "100%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz%41", "%zzA")]
    [InlineData("%ff", "\ufffd")]
    [InlineData("%26%3D", "&=")]
    [InlineData("a=b", "a=b")]
    [InlineData("", "")]
    public void Escapes_are_undone_once_and_broken_ones_kept(string written, string read) =>
        Assert.Equal(read, MagnetLink.Parse($"{Start}&dn={written}").DisplayName);

    [Fact]
    public void The_first_name_counts()
    {
        Assert.Equal("one", MagnetLink.Parse(Start + "&dn=one&dn=two").DisplayName);
        Assert.Null(MagnetLink.Parse(Start).DisplayName);
    }

    [Fact]
    public void Trackers_keep_their_order_and_come_once()
    {
        var link = MagnetLink.Parse(Start + "&tr=http%3A%2F%2Fa%2F%3Fx%3D1&tr.1=udp://b:80&tr.22=http://c&tr=udp://b:80&tr=&trx=no&tr.x=no");

        Assert.Equal(["http://a/?x=1", "udp://b:80", "http://c"], link.Trackers);
    }

    [Fact]
    public void Web_seeds_are_read() => Assert.Equal(["http://w/", "http://v/"], MagnetLink.Parse(Start + "&ws=http%3a//w/&ws=http://v/&ws=http://w/&as=no").WebSeeds);

    [Fact]
    public void Peers_are_host_and_port_and_what_is_not_is_left_out()
    {
        var link = MagnetLink.Parse(
            Start + "&x.pe=1.2.3.4:5&x.pe=%5B2001:db8::1%5D:65535&x.pe=host.example:80&x.pe=[::1]:0&x.pe=1.2.3.4&x.pe=1.2.3.4:65536&x.pe=:5"
            + "&x.pe=1.2.3.4:-5&x.pe=1.2.3.4:+5&x.pe=::1:5&x.pe=[1.2.3.4]:5&x.pe=[::1:5&x.pe=a/b:5&x.pe=1.2.3.4:5");

        Assert.Equal([new PeerHint("1.2.3.4", 5), new PeerHint("2001:db8::1", 65535), new PeerHint("host.example", 80)], link.Peers);
    }

    [Theory]
    [InlineData("0", "0-0")]
    [InlineData("0,2,4-6", "0-0 2-2 4-6")]
    [InlineData("999999", "999999-999999")]
    [InlineData("1000000", "")]
    [InlineData("5-3,7", "7-7")]
    [InlineData("-1,1-,a,,3", "3-3")]
    [InlineData("99999999999999999999", "")]
    [InlineData("", "")]
    public void Selected_files_are_ranges_and_what_is_not_is_left_out(string written, string expected)
    {
        var selected = MagnetLink.Parse($"{Start}&so={written}").Selected;

        Assert.Equal(expected, string.Join(' ', selected.Select(range => $"{range.First}-{range.Last}")));
    }

    [Fact]
    public void A_range_contains_both_its_ends()
    {
        var range = new FileRange(2, 4);

        Assert.Equal([false, true, true, true, false], Enumerable.Range(1, 5).Select(range.Contains));
    }

    [Theory]
    [InlineData("tr", "http://t", MetainfoLimits.MaxTrackers)]
    [InlineData("ws", "http://w", MetainfoLimits.MaxWebSeeds)]
    [InlineData("x.pe", "h:1", MetainfoLimits.MaxMagnetPeers)]
    public void Surplus_hints_are_left_out(string key, string value, int limit)
    {
        foreach (var count in new[] { limit - 1, limit, limit + 1, limit * 10 })
        {
            var link = MagnetLink.Parse(Start + string.Concat(Enumerable.Range(1, count).Select(i => $"&{key}={value}{i}")));

            Assert.Equal(Math.Min(count, limit), link.Trackers.Count + link.WebSeeds.Count + link.Peers.Count);
        }
    }

    [Theory]
    [InlineData(MetainfoLimits.MaxSelectedRanges)]
    [InlineData(MetainfoLimits.MaxSelectedRanges + 1)]
    public void Surplus_ranges_are_left_out(int count) =>
        Assert.Equal(1024, MagnetLink.Parse($"{Start}&so={string.Join(',', Enumerable.Range(0, count))}").Selected.Count);

    [Theory]
    [InlineData(MetainfoLimits.MaxUrlLength, 1)]
    [InlineData(MetainfoLimits.MaxUrlLength + 1, 0)]
    public void Overlong_urls_are_left_out(int length, int kept)
    {
        var url = "http://".PadRight(length, 'x');

        Assert.Equal(kept, MagnetLink.Parse($"{Start}&tr={url}").Trackers.Count);
        Assert.Equal(kept, MagnetLink.Parse($"{Start}&ws={url}").WebSeeds.Count);
    }

    [Fact]
    public void A_link_has_a_length()
    {
        var longest = (Start + "&dn=").PadRight(MetainfoLimits.MaxMagnetLength, 'x');

        Assert.Equal(65536, longest.Length);
        Assert.Equal(V1, MagnetLink.Parse(longest).InfoHash.ToString());
        Assert.Equal(
            "The magnet link has 65537 characters; the limit is 65536.",
            Assert.Throws<MagnetException>(() => MagnetLink.Parse(longest + "x")).Message);
    }

    [Fact]
    public void A_link_is_written_in_one_form()
    {
        var link = new MagnetLink
        {
            InfoHashV1 = MagnetLink.Parse(Start).InfoHashV1,
            InfoHashV2 = MagnetLink.Parse("magnet:?xt=urn:btmh:1220" + V2).InfoHashV2,
            DisplayName = "a b&c",
            Trackers = ["http://t/?a=b"],
            WebSeeds = ["http://w/"],
            Peers = [new PeerHint("::1", 1), new PeerHint("h", 2)],
            Selected = [new FileRange(0, 0), new FileRange(2, 4)],
        };

        Assert.Equal(
            $"{Start}&xt=urn:btmh:1220{V2}&dn=a%20b%26c&tr=http%3A%2F%2Ft%2F%3Fa%3Db&ws=http%3A%2F%2Fw%2F&x.pe=[::1]:1&x.pe=h:2&so=0,2-4",
            link.ToString());
        Assert.Equal(link.ToString(), MagnetLink.Parse(link.ToString()).ToString());
    }

    [Theory]
    [InlineData(V1, true, false)]
    [InlineData("C12FE1C06BBA254A9DC9F519B335AA7C1367A88A", true, false)]
    [InlineData(V1Base32, true, false)]
    [InlineData(V2, false, true)]
    [InlineData("", false, false)]
    [InlineData("movie.torrent", false, false)]
    [InlineData("c12fe1c06bba254a9dc9f519b335aa7c1367a88", false, false)]
    [InlineData("c12fe1c06bba254a9dc9f519b335aa7c1367a88 ", false, false)]
    [InlineData("a-file-whose-name-has-32-letters", false, false)]
    public void A_bare_infohash_is_recognised(string text, bool isV1, bool isV2)
    {
        Assert.Equal(isV1 || isV2, MagnetLink.TryParseInfoHash(text, out var link));
        Assert.Equal((isV1, isV2), (link?.InfoHashV1 is not null, link?.InfoHashV2 is not null));
    }

    [Fact]
    public void A_link_without_an_infohash_has_no_swarm_to_join() =>
        Assert.Throws<InvalidOperationException>(() => new MagnetLink().InfoHash);
}
