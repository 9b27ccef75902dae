using System.Net;

namespace BtFs.Engine;

/// <summary>By which way this process reaches the network, and whom it does not speak with.</summary>
public sealed record NetworkOptions
{
    /// <summary>The proxy through which everything goes; null for none.</summary>
    public ProxyOptions? Proxy { get; init; }

    /// <summary>An address of this machine, or the name of a network interface, from which everything comes; null for any.</summary>
    public string? BindTo { get; init; }

    /// <summary>Whom not to speak with; null for nobody.</summary>
    public AddressFilter? Filter { get; init; }
}

/// <summary>A SOCKS 5 proxy.</summary>
/// <param name="Address">Where it listens. An address and no name, which somebody outside the proxy would have to be asked about.</param>
/// <param name="Login">Who we are there; null for anybody.</param>
public sealed record ProxyOptions(IPEndPoint Address, ProxyLogin? Login = null);

/// <summary>A user name and password, each 1 to 255 bytes of UTF-8.</summary>
public sealed record ProxyLogin(string User, string Password);
