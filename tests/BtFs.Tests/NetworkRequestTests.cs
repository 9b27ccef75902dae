using System.Net;
using BtFs.Commands;
using BtFs.Engine;

namespace BtFs.Tests;

public sealed class NetworkRequestTests
{
    [Theory]
    [InlineData("socks5://127.0.0.1:1080", "127.0.0.1", 1080)]
    [InlineData("SOCKS5://localhost:9050/", "127.0.0.1", 9050)]
    [InlineData("socks5://[2001:db8::7]:1080", "2001:db8::7", 1080)]
    public void A_proxy_is_an_address_and_a_port(string text, string address, int port) =>
        Assert.Equal(new ProxyOptions(new IPEndPoint(IPAddress.Parse(address), port)), NetworkRequest.Read(text, null).Proxy);

    [Theory]
    [InlineData("socks5://me:secret@127.0.0.1:1080", "me", "secret")]
    [InlineData("socks5://m%40e:a%3Ab@c@127.0.0.1:1080", "m@e", "a:b@c")]
    [InlineData("socks5://me:a:b@127.0.0.1:1080", "me", "a:b")]
    public void A_proxy_may_want_a_name_and_a_password_in_which_signs_are_escaped_as_in_URLs(string text, string user, string password) =>
        Assert.Equal(new ProxyLogin(user, password), NetworkRequest.Read(text, null).Proxy!.Login);

    [Fact]
    public void A_password_is_never_repeated()
    {
        var refused = Assert.Throws<CommandException>(() => NetworkRequest.Read("socks5://me:secret@proxy.example:1080", null));
        Assert.DoesNotContain("secret", refused.ToString());
    }

    [Fact]
    public void Without_any_of_it_everything_may_go_any_way() => Assert.Equal(new NetworkOptions(), NetworkRequest.Read(null, null));

    [Fact]
    public void An_empty_name_to_bind_to_is_a_mistake() => Assert.Throws<CommandException>(() => NetworkRequest.Read(null, ""));
}
