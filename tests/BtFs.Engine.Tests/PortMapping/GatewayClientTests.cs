using System.Net;
using System.Net.Sockets;
using System.Text;
using BtFs.Engine.Discovery;
using BtFs.Engine.PortMapping;
using BtFs.Protocol.PortMapping;

namespace BtFs.Engine.Tests.PortMapping;

/// <summary>The three protocols towards stubs on this machine; a real gateway is asked end to end.</summary>
public sealed class GatewayClientTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Gateway Here = new(IPAddress.Parse("127.0.0.1"), IPAddress.Parse("127.0.0.1"));
    private static readonly MappedPort Port = new(TransportProtocol.Tcp, 6881);

    private readonly UdpClient _stub = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly HttpFetch _http = new(TimeProvider.System, new HostLookup(TimeProvider.System));

    private int StubPort => ((IPEndPoint)_stub.Client.LocalEndPoint!).Port;

    public void Dispose()
    {
        _stub.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task Pcp_maps_with_the_nonce_that_it_also_gives_back_with()
    {
        var client = new PcpClient(Here, StubPort, TimeProvider.System);
        var mapping = client.MapAsync(Port, 6881, CancellationToken.None);
        var asked = await AnswerAsync(Granted);
        var grant = await mapping.WaitAsync(Patience);
        Assert.Equal(new PortGrant(7777, TimeSpan.FromHours(1), IPAddress.Parse("198.51.100.1")), grant);

        var unmapping = client.UnmapAsync(Port, 7777, CancellationToken.None);
        var askedAtEnd = await AnswerAsync(Granted);
        await unmapping.WaitAsync(Patience);
        Assert.Equal(asked[24..36], askedAtEnd[24..36]);
        Assert.Equal(0, BitConverter.ToInt32(askedAtEnd, 4));

        static byte[] Granted(byte[] request)
        {
            byte[] answer = [.. request];
            answer[1] |= 128;
            answer[3] = 0;
            (answer[42], answer[43]) = (7777 >> 8, 7777 & 0xff);
            IPAddress.Parse("198.51.100.1").MapToIPv6().TryWriteBytes(answer.AsSpan(44), out _);
            return answer;
        }
    }

    [Fact]
    public async Task A_question_that_is_lost_is_asked_again_and_an_answer_to_another_is_passed_over()
    {
        var client = new NatPmpClient(Here, StubPort, TimeProvider.System);
        var mapping = client.MapAsync(Port, 6881, CancellationToken.None);
        await _stub.ReceiveAsync().WaitAsync(Patience);
        var asked = await _stub.ReceiveAsync().WaitAsync(Patience);
        await _stub.SendAsync("nonsense"u8.ToArray(), asked.RemoteEndPoint);
        await _stub.SendAsync(Convert.FromHexString("00820000000000021ae21ae200000e10"), asked.RemoteEndPoint);
        await _stub.SendAsync(Convert.FromHexString("00820000000000021ae11ae200000e10"), asked.RemoteEndPoint);
        await AnswerAsync(request => request.Length == 2 ? Convert.FromHexString("0080000000000002c6336401") : [0]);

        Assert.Equal(new PortGrant(6882, TimeSpan.FromHours(1), IPAddress.Parse("198.51.100.1")), await mapping.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_gateway_that_refuses_is_silent_or_is_not_there_gives_nothing()
    {
        var refused = new NatPmpClient(Here, StubPort, TimeProvider.System).MapAsync(Port, 6881, CancellationToken.None);
        await AnswerAsync(_ => Convert.FromHexString("0082000200000002"));
        await Assert.ThrowsAsync<GatewayException>(() => refused.WaitAsync(Patience));

        // PCP to a gateway that speaks only NAT-PMP.
        var old = new PcpClient(Here, StubPort, TimeProvider.System).MapAsync(Port, 6881, CancellationToken.None);
        await AnswerAsync(_ => Convert.FromHexString("0081000100000002"));
        await Assert.ThrowsAsync<GatewayException>(() => old.WaitAsync(Patience));

        await Assert.ThrowsAsync<GatewayException>(() => new PcpClient(Here, StubPort, TimeProvider.System).MapAsync(Port, 6881, CancellationToken.None).WaitAsync(Patience));

        var gone = StubPort;
        _stub.Dispose();
        await Assert.ThrowsAsync<GatewayException>(() => new PcpClient(Here, gone, TimeProvider.System).MapAsync(Port, 6881, CancellationToken.None).WaitAsync(Patience));
    }

    [Fact]
    public async Task Upnp_finds_the_gateway_takes_a_free_port_for_ever_where_it_must_and_gives_it_back()
    {
        var called = new List<string>();
        await using var server = new UpnpStub(request => Respond(request, called));
        var client = Upnp();
        var mapping = client.MapAsync(Port, 6881, CancellationToken.None);
        await AnswerAsync(_ => Location($"http://127.0.0.1:{server.Port}/root.xml"));
        var grant = await mapping.WaitAsync(Patience);

        Assert.Equal(IPAddress.Parse("198.51.100.1"), grant.Address);
        Assert.NotEqual(6881, grant.External);
        Assert.InRange(grant.External, PortMappingLimits.LowestPort, ushort.MaxValue);
        await client.UnmapAsync(Port, grant.External, CancellationToken.None).WaitAsync(Patience);
        Assert.Contains("#DeletePortMapping", called[^1]);
        Assert.Contains($"<NewExternalPort>{grant.External}<", called[^1]);
    }

    [Theory]
    [InlineData("http://127.0.0.2/root.xml")]
    [InlineData("http://localhost/root.xml")]
    [InlineData("http://example.org/root.xml")]
    public async Task Upnp_goes_nowhere_but_to_the_gateway(string location)
    {
        var mapping = Upnp().MapAsync(Port, 6881, CancellationToken.None);
        for (var i = 0; i < 4; i++)
        {
            await AnswerAsync(_ => Location(location));
        }

        await Assert.ThrowsAsync<GatewayException>(() => mapping.WaitAsync(Patience));
    }

    private static byte[] Location(string url) => Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nLOCATION: {url}\r\n\r\n");

    private UpnpClient Upnp() => new(Here, new UpnpSearch(Here, new IPEndPoint(IPAddress.Loopback, StubPort), TimeProvider.System), _http, new Random(1));

    private async Task<byte[]> AnswerAsync(Func<byte[], byte[]> answer)
    {
        var asked = await _stub.ReceiveAsync().WaitAsync(Patience);
        await _stub.SendAsync(answer(asked.Buffer), asked.RemoteEndPoint);
        return asked.Buffer;
    }

    /// <summary>A gateway that gives ports for ever only, and has given 6881 to somebody else.</summary>
    private static string Respond(string request, List<string> called)
    {
        const string Type = "urn:schemas-upnp-org:service:WANIPConnection:1";
        called.Add(request);
        return request switch
        {
            _ when request.StartsWith("GET /root.xml", StringComparison.Ordinal) =>
                $"<root><service><serviceType>{Type}</serviceType><controlURL>/c</controlURL></service></root>",
            _ when request.Contains("#GetExternalIPAddress") => Soap("<NewExternalIPAddress>198.51.100.1</NewExternalIPAddress>"),
            _ when request.Contains("#AddPortMapping") && !request.Contains("<NewLeaseDuration>0<") => Soap("<errorCode>725</errorCode>"),
            _ when request.Contains("#AddPortMapping") && request.Contains("<NewExternalPort>6881<") => Soap("<errorCode>718</errorCode>"),
            _ => Soap(""),
        };
    }

    private static string Soap(string body) => $"<s:Envelope><s:Body>{body}</s:Body></s:Envelope>";
}
