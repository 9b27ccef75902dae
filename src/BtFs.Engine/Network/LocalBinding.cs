using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;

namespace BtFs.Engine.Network;

/// <summary>An address of this machine or a network interface, by which every packet leaves. Thread-safe.</summary>
/// <remarks>
/// Of an interface, SO_BINDTODEVICE (socket(7)) sees to it that nothing leaves by another one, whatever the routes say. Where the kernel does not let us
/// (before Linux 5.7 without CAP_NET_RAW), its address of the moment is used, as where an address is named: then routes decide, and answers find
/// back by it alone. An interface that is gone, or has no address of a family, is no way at all.
/// </remarks>
internal sealed class LocalBinding
{
    private const int SocketLevel = 1;
    private const int BindToDevice = 25;

    // IFNAMSIZ of <linux/if.h>, its zero at the end included.
    private const int MaxNameBytes = 16;

    private readonly string _name;
    private readonly IPAddress? _address;

    /// <param name="name">An address, or an interface's name.</param>
    internal LocalBinding(string name)
    {
        _name = name;
        _address = IPAddress.TryParse(name, out var address) ? address : null;
    }

    /// <summary>Where to listen when nothing is said.</summary>
    internal static IReadOnlyList<IPAddress> Everywhere { get; } = [IPAddress.IPv6Any, IPAddress.Any];

    /// <summary>Whether there is such an address or interface.</summary>
    /// <exception cref="NetworkException">There is not.</exception>
    internal void Check()
    {
        if (_address is null && FindInterface() is null)
        {
            throw new NetworkException($"there is no network interface '{_name}'");
        }

        if (_address is null && Addresses().Count == 0)
        {
            throw new NetworkException($"the network interface '{_name}' has no address");
        }

        try
        {
            using var probe = new Socket((_address ?? Addresses()[0]).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            Apply(probe);
        }
        catch (SocketException e)
        {
            throw new NetworkException($"'{_name}' is no address of this machine ({e.Message})", e);
        }
    }

    /// <summary>Has a new socket leave by this way.</summary>
    /// <exception cref="SocketException">It cannot.</exception>
    internal void Apply(Socket socket)
    {
        if (!ApplyDevice(socket))
        {
            var address = _address ?? Addresses().FirstOrDefault(address => address.AddressFamily == socket.AddressFamily);
            if (address is null || address.AddressFamily != socket.AddressFamily)
            {
                throw new SocketException((int)SocketError.AddressNotAvailable);
            }

            socket.Bind(new IPEndPoint(address, 0));
        }
    }

    /// <summary>Has a new socket hear and speak by the interface alone.</summary>
    /// <returns>False where that is not for us to do, or no interface is named.</returns>
    /// <exception cref="SocketException">The interface is gone.</exception>
    internal bool ApplyDevice(Socket socket)
    {
        if (_address is not null)
        {
            return false;
        }

        var name = Encoding.UTF8.GetBytes(_name + '\0');
        if (name.Length > MaxNameBytes)
        {
            throw new SocketException((int)SocketError.AddressNotAvailable);
        }

        try
        {
            socket.SetRawSocketOption(SocketLevel, BindToDevice, name);
            return true;
        }
        catch (SocketException e)
        {
            // ENODEV, for which .NET has no words.
            return e.SocketErrorCode == SocketError.AccessDenied
                ? false
                : throw new SocketException((int)SocketError.NetworkDown, $"the network interface '{_name}' is gone");
        }
    }

    /// <summary>Where to listen: at the address, or at those of the interface as far as one socket goes.</summary>
    /// <exception cref="SocketException">There is no place.</exception>
    internal IReadOnlyList<IPAddress> ListeningAddresses()
    {
        if (_address is not null)
        {
            return [_address];
        }

        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        return ApplyDevice(probe) ? Everywhere
            : Addresses() is { Count: > 0 } addresses ? [addresses[0]]
            : throw new SocketException((int)SocketError.AddressNotAvailable);
    }

    private NetworkInterface? FindInterface() => NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(network => network.Name == _name);

    /// <summary>Those that reach further than the wire, IPv4 first.</summary>
    private List<IPAddress> Addresses() =>
        FindInterface() is { } network
            ? [.. network.GetIPProperties().UnicastAddresses
                .Select(address => address.Address)
                .Where(address => !address.IsIPv6LinkLocal)
                .OrderBy(address => address.AddressFamily)]
            : [];
}
