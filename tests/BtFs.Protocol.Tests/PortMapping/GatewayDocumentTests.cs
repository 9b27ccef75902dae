using System.Net;
using System.Text;
using BtFs.Protocol.PortMapping;

namespace BtFs.Protocol.Tests.PortMapping;

/// <summary>What a UPnP gateway, or somebody in its place, writes.</summary>
public class GatewayDocumentTests
{
    private const string Wan = "urn:schemas-upnp-org:service:WANIPConnection:1";
    private static readonly Uri Location = new("http://192.168.0.1:5000/root.xml");

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nST: x\r\nLOCATION: http://10.9.0.1:32779/rootDesc.xml\r\n\r\n", "http://10.9.0.1:32779/rootDesc.xml")]
    [InlineData("HTTP/1.1 200 OK\nlocation:http://10.9.0.1/a\n\n", "http://10.9.0.1/a")]
    [InlineData("HTTP/1.1 200 OK\r\nLOCATION: file:///etc/passwd\r\n\r\n", null)]
    [InlineData("HTTP/1.1 200 OK\r\nLOCATION: nonsense\r\n\r\n", null)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", null)]
    [InlineData("NOTIFY * HTTP/1.1\r\nLOCATION: http://10.9.0.1/a\r\n\r\n", null)]
    public void The_answer_to_a_search_tells_where_the_gateway_describes_itself(string packet, string? location) =>
        Assert.Equal(location, Ssdp.ReadLocation(Encoding.ASCII.GetBytes(packet))?.AbsoluteUri);

    [Fact]
    public void The_answer_to_a_search_is_read_up_to_the_limit_and_not_above()
    {
        var longest = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nLOCATION: http://10.9.0.1/a\r\nX: ".PadRight(Ssdp.MaxBytes, 'x'));

        Assert.NotNull(Ssdp.ReadLocation(longest));
        Assert.Null(Ssdp.ReadLocation([.. longest, (byte)'x']));
    }

    [Theory]
    [InlineData("<controlURL>/ctl/IPConn</controlURL>", "http://192.168.0.1:5000/ctl/IPConn")]
    [InlineData("<controlURL>http://192.168.0.1:5001/c?a=1&amp;b=2</controlURL>", "http://192.168.0.1:5001/c?a=1&b=2")]
    // Whom else we would be made to call:
    [InlineData("<controlURL>http://192.168.0.2:5000/c</controlURL>", null)]
    [InlineData("<controlURL>http://example.org/c</controlURL>", null)]
    [InlineData("<controlURL>https://192.168.0.1/c</controlURL>", null)]
    [InlineData("<controlURL>file:///c</controlURL>", null)]
    [InlineData("<controlURL>//127.0.0.1/c</controlURL>", null)]
    [InlineData("<controlURL></controlURL>", null)]
    public void The_service_is_called_only_at_the_address_that_describes_it(string control, string? url) =>
        Assert.Equal(url, Read(Described(Wan, control))?.Control.AbsoluteUri);

    [Fact]
    public void A_base_at_another_address_leads_nowhere() =>
        Assert.Null(Read($"<root><URLBase>http://10.0.0.1/</URLBase>{Described(Wan, "<controlURL>/c</controlURL>")}</root>"));

    [Fact]
    public void The_best_of_several_services_is_taken_and_others_are_none()
    {
        var services = string.Concat(new[] { "WANPPPConnection:1", "WANIPConnection:2", "WANIPConnection:1", "Layer3Forwarding:1" }
            .Select(type => $"<s:service><serviceType>urn:schemas-upnp-org:service:{type}</serviceType><controlURL>/{type[..7]}</controlURL></s:service>"));

        Assert.Equal(GatewayDescription.Types[0], Read($"<?xml version='1.0'?><!-- x > y --><root a=\"/>\">{services}</root>")?.Type);
        Assert.Null(Read("<root><service><serviceType>urn:x</serviceType><controlURL>/c</controlURL></service></root>"));
        Assert.Null(Read("<root/>"));
    }

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><root/>")]
    [InlineData("<root><service><serviceType>&a;</serviceType></service></root>")]
    [InlineData("<root><service><serviceType>&amp</serviceType></service></root>")]
    [InlineData("<root")]
    [InlineData("<root>")]
    [InlineData("</root>")]
    [InlineData("< >")]
    [InlineData("<root a='>")]
    [InlineData("<!-- <root/>")]
    public void What_no_description_needs_is_refused(string document) => Assert.Throws<FormatException>(() => Read(document));

    [Fact]
    public void Descriptions_are_read_up_to_the_limits_and_not_above()
    {
        Assert.NotNull(Read(Described(Wan, "<controlURL>/c</controlURL>").PadRight(GatewayDescription.MaxBytes)));
        Assert.Throws<FormatException>(() => Read(Described(Wan, "<controlURL>/c</controlURL>").PadRight(GatewayDescription.MaxBytes + 1)));

        static string Nested(int depth) => string.Concat(Enumerable.Repeat("<a>", depth)) + string.Concat(Enumerable.Repeat("</a>", depth));
        Assert.Null(Read(Nested(XmlScanner.MaxDepth)));
        Assert.Throws<FormatException>(() => Read(Nested(XmlScanner.MaxDepth + 1)));
    }

    [Fact]
    public void A_call_names_the_port_and_us()
    {
        var call = GatewayCall.AddPortMapping(new GatewayService(Wan, Location), TransportProtocol.Udp, 6882, IPAddress.Parse("192.168.0.7"), 6881, 3600);
        var body = Encoding.UTF8.GetString(call.Body);

        Assert.Equal($"\"{Wan}#AddPortMapping\"", call.Action);
        Assert.Contains("<NewExternalPort>6882</NewExternalPort><NewProtocol>UDP</NewProtocol><NewInternalPort>6881</NewInternalPort><NewInternalClient>192.168.0.7<", body);
        Assert.Contains("<NewLeaseDuration>3600<", body);
    }

    [Fact]
    public void Answers_tell_the_address_or_what_is_wrong()
    {
        static GatewayAnswer Answer(string body) => GatewayAnswer.Read(Encoding.UTF8.GetBytes($"<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"x\"><s:Body>{body}</s:Body></s:Envelope>"));

        Assert.Equal(new GatewayAnswer(null, IPAddress.Parse("9.9.9.1")), Answer("<u:R><NewExternalIPAddress> 9.9.9.1 </NewExternalIPAddress></u:R>"));
        Assert.Equal(new GatewayAnswer(null, null), Answer("<u:AddPortMappingResponse/>"));
        Assert.Equal(new GatewayAnswer(718, null), Answer("<s:Fault><detail><UPnPError><errorCode>718</errorCode></UPnPError></detail></s:Fault>"));
        Assert.Equal(new GatewayAnswer(-1, null), Answer("<s:Fault><detail><errorCode>much</errorCode></detail></s:Fault>"));
        Assert.Throws<FormatException>(() => GatewayAnswer.Read("<html></html>"u8));
        Assert.Throws<FormatException>(() => GatewayAnswer.Read(new byte[GatewayAnswer.MaxBytes + 1]));
    }

    [Fact]
    public void Damaged_documents_are_read_or_refused_and_cost_little_memory()
    {
        var good = Encoding.UTF8.GetBytes($"<?xml version=\"1.0\"?><root xmlns=\"u\">{Described(Wan, "<controlURL>/c?a&amp;b</controlURL>")}</root>");
        for (var seed = 0; seed < 20_000; seed++)
        {
            var document = Mutation.Of(good, seed);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                GatewayDescription.Read(document, Location);
            }
            catch (FormatException)
            {
                // Refused.
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (64 * document.Length) + 16_384);
        }
    }

    private static string Described(string type, string control) =>
        $"<device><serviceList><service><serviceType>{type}</serviceType>{control}</service></serviceList></device>";

    private static GatewayService? Read(string document) => GatewayDescription.Read(Encoding.UTF8.GetBytes(document), Location);
}
