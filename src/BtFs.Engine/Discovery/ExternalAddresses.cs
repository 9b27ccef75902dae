using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace BtFs.Engine.Discovery;

/// <summary>Our addresses as others see them: what DHT nodes, peers and trackers say, counted together, and what the gateway says. Thread-safe.</summary>
internal sealed class ExternalAddresses
{
    private readonly Lock _lock = new();
    private readonly AddressVotes _v4 = new();
    private readonly AddressVotes _v6 = new();

    // Only ever set to another address of the Internet, or to none.
    private volatile IPAddress? _ofGateway;
    private volatile IPAddress? _winnerV4;
    private volatile IPAddress? _winnerV6;

    /// <summary>The address of a family; null while nobody knows. The gateway's word counts until others have one.</summary>
    internal IPAddress? Of(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? _winnerV6 : _winnerV4 ?? _ofGateway;

    /// <summary>A node or a peer tells (BEP 42, <c>ip</c>; BEP 10, <c>yourip</c>).</summary>
    /// <param name="by">Its address.</param>
    /// <param name="told">Ours, as it says.</param>
    internal void Add(IPAddress by, IPAddress told) => Add(AddressScope.OwnerOf(by), told);

    /// <summary>A tracker tells (BEP 24).</summary>
    /// <param name="tracker">Its name; what it has for addresses is not known.</param>
    /// <param name="told">Ours, as it says.</param>
    internal void Add(string tracker, IPAddress told) =>
        Add(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(tracker))), told);

    /// <summary>The IPv4 gateway tells which address it has outside; null when we no longer know. Behind another gateway that is no news.</summary>
    internal void SetGateway(IPAddress? told) => _ofGateway = told is { AddressFamily: AddressFamily.InterNetwork } && !AddressScope.IsLocal(told) ? told : null;

    private void Add(ulong owner, IPAddress told)
    {
        told = told.IsIPv4MappedToIPv6 ? told.MapToIPv4() : told;
        lock (_lock)
        {
            var isV6 = told.AddressFamily == AddressFamily.InterNetworkV6;
            var votes = isV6 ? _v6 : _v4;
            votes.Add(owner, told);
            if (isV6)
            {
                _winnerV6 = votes.Winner;
            }
            else
            {
                _winnerV4 = votes.Winner;
            }
        }
    }
}
