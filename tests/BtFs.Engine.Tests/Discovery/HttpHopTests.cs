using System.Net;
using BtFs.Engine.Discovery;

namespace BtFs.Engine.Tests.Discovery;

public sealed class HttpHopTests
{
    [Fact]
    public void A_redirect_from_https_to_http_is_not_followed()
    {
        var hop = new HttpHop(new Uri("https://t.example/announce"), cameFrom: null, isStrangers: true);

        Assert.Throws<HttpFetchException>(() => hop.Redirect(new Uri("http://t.example/announce")));
        Assert.Equal("https://t.example/x", hop.Redirect(new Uri("/x", UriKind.Relative)).Url.AbsoluteUri);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fd00::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:c0a8:101::")]
    public void A_server_on_the_Internet_cannot_redirect_into_the_local_network(string address)
    {
        var hop = new HttpHop(new Uri("http://t.example/announce"), IPAddress.Parse("198.51.100.1"), isStrangers: false);

        Assert.Throws<HttpFetchException>(() => hop.Check(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("198.51.100.2")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:c633:6401::")]
    public void A_server_on_the_Internet_can_redirect_to_another(string address)
    {
        var hop = new HttpHop(new Uri("http://t.example/announce"), IPAddress.Parse("198.51.100.1"), isStrangers: true);

        hop.Check(IPAddress.Parse(address));
        Assert.False(AddressScope.IsLocal(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("http://tracker.ex\u0430mple/announce")]
    [InlineData("http://tracker.xn--exmple-4nf/announce")]
    [InlineData("http://XN--exmple-4nf.org/announce")]
    public void A_name_that_may_look_like_another_is_not_asked_for_a_stranger(string url)
    {
        Assert.Throws<HttpFetchException>(() => new HttpHop(new Uri(url), null, isStrangers: true).CheckName());
        Assert.Throws<HttpFetchException>(() => new HttpHop(new Uri(url), null, isStrangers: false) { IsWebSeed = true }.CheckName());
        Assert.Throws<HttpFetchException>(() => new HttpHop(new Uri("http://site.example/"), null, isStrangers: false).Redirect(new Uri(url)).CheckName());

        // The user may name what the user likes.
        new HttpHop(new Uri(url), null, isStrangers: false).CheckName();
        new HttpHop(new Uri("http://tracker.example-xn.org/announce"), null, isStrangers: true).CheckName();
    }

    [Theory]
    [InlineData("127.8.8.8")]
    [InlineData("0.0.0.0")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::1")]
    public void A_strangers_url_reaches_only_trackers_of_this_machine(string address)
    {
        var loopback = IPAddress.Parse(address);

        Assert.Throws<HttpFetchException>(() => new HttpHop(new Uri("http://x/admin"), null, isStrangers: true).Check(loopback));
        new HttpHop(new Uri("http://x/announce.php"), null, isStrangers: true).Check(loopback);
        new HttpHop(new Uri("http://x/admin"), null, isStrangers: false).Check(loopback);
        Assert.True(AddressScope.IsLoopback(loopback));
    }

    [Theory]
    [InlineData("http://x/film.iso", "192.168.1.1", true)]
    [InlineData("http://x/film.iso", "127.0.0.1", true)]
    [InlineData("http://x/film.iso?reboot=1", "192.168.1.1", false)]
    [InlineData("http://x/film.iso?reboot=1", "127.0.0.1", false)]
    [InlineData("http://x/film.iso?reboot=1", "::ffff:10.0.0.1", false)]
    [InlineData("http://x/film.iso?key=1", "198.51.100.1", true)]
    public void A_web_seed_may_be_local_but_not_with_a_query_nor_after_a_redirect_to_one(string url, string address, bool isAllowed)
    {
        var hops = new[]
        {
            new HttpHop(new Uri(url), cameFrom: null, isStrangers: false) { IsWebSeed = true },
            new HttpHop(new Uri("http://y/"), cameFrom: null, isStrangers: false) { IsWebSeed = true }.Redirect(new Uri(url)),
        };

        Assert.Equal([false, true], hops.Select(hop => hop.WasRedirected));
        foreach (var hop in hops)
        {
            Assert.Equal(isAllowed, Record.Exception(() => hop.Check(IPAddress.Parse(address))) is null);
        }
    }
}
