using System.Globalization;
using System.Net;
using System.Text;

namespace BtFs.Protocol.PortMapping;

/// <summary>A call of a UPnP gateway's service (SOAP): what is sent to <see cref="GatewayService.Control"/>.</summary>
/// <param name="Action">The value of the header <c>SOAPAction</c>, with its quotes.</param>
/// <param name="Body">What is posted.</param>
public sealed record GatewayCall(string Action, byte[] Body)
{
    /// <summary>The name under which users see the mapping in their gateway.</summary>
    private const string Description = "BtFs";

    /// <summary>Asks for the outer address.</summary>
    public static GatewayCall GetExternalAddress(GatewayService service) => Of(service, "GetExternalIPAddress", "");

    /// <summary>Asks for a port.</summary>
    /// <param name="service">Of whom.</param>
    /// <param name="protocol">Of what.</param>
    /// <param name="external">The port of the gateway.</param>
    /// <param name="local">Our address.</param>
    /// <param name="internalPort">Where we listen.</param>
    /// <param name="seconds">For how long; 0 for ever, which some gateways want.</param>
    public static GatewayCall AddPortMapping(GatewayService service, TransportProtocol protocol, ushort external, IPAddress local, ushort internalPort, uint seconds) =>
        Of(service, "AddPortMapping", string.Create(
            CultureInfo.InvariantCulture,
            $"{Mapping(protocol, external)}<NewInternalPort>{internalPort}</NewInternalPort><NewInternalClient>{local}</NewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>{Description}</NewPortMappingDescription><NewLeaseDuration>{seconds}</NewLeaseDuration>"));

    /// <summary>Gives a port back.</summary>
    public static GatewayCall DeletePortMapping(GatewayService service, TransportProtocol protocol, ushort external) =>
        Of(service, "DeletePortMapping", Mapping(protocol, external));

    private static string Mapping(TransportProtocol protocol, ushort external) => string.Create(
        CultureInfo.InvariantCulture,
        $"<NewRemoteHost></NewRemoteHost><NewExternalPort>{external}</NewExternalPort><NewProtocol>{(protocol == TransportProtocol.Udp ? "UDP" : "TCP")}</NewProtocol>");

    // The type is one of ours, so nothing in here needs escapes.
    private static GatewayCall Of(GatewayService service, string action, string arguments) => new(
        $"\"{service.Type}#{action}\"",
        Encoding.UTF8.GetBytes(
            $"<?xml version=\"1.0\"?>\r\n<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:{action} xmlns:u=\"{service.Type}\">{arguments}</u:{action}></s:Body></s:Envelope>\r\n"));
}
