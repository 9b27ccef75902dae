using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Discovery;
using BtFs.Engine.Peers;
using ProtocolViolationException = BtFs.Protocol.ProtocolViolationException;

namespace BtFs.Engine.Network;

/// <summary>The one place that decides by which way a packet may leave. Every socket of the engine comes from here. Thread-safe.</summary>
/// <remarks>
/// What is asked for and cannot be done fails; nothing goes by another way instead. With a proxy there is no UDP, nobody listens, and the system is
/// asked for no name.
/// </remarks>
internal sealed class NetworkRoute
{
    /// <summary>With a proxy, the way to a peer is as long as the proxy's, which may be Tor's.</summary>
    private static readonly TimeSpan ProxyPatience = TimeSpan.FromSeconds(15);

    /// <summary>How long a proxy may take to say who it is.</summary>
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(10);

    private readonly NetworkOptions _options;
    private readonly TimeProvider _time;
    private readonly LocalBinding? _binding;
    private readonly Socks5Proxy? _proxy;

    /// <param name="options">What the user wants.</param>
    /// <param name="time">The clock.</param>
    internal NetworkRoute(NetworkOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _binding = options.BindTo is { } name ? new LocalBinding(name) : null;
        _proxy = options.Proxy is { } proxy ? new Socks5Proxy(proxy, family => Open(family, SocketType.Stream, ProtocolType.Tcp)) : null;
    }

    /// <summary>Whether everything goes through a proxy: then there is no UDP, and nobody can call us.</summary>
    internal bool IsProxied => _proxy is not null;

    /// <summary>Whether the system may be left to connect by itself, as TLS does for certificates that are missing.</summary>
    internal bool IsAnyWay => _proxy is null && _binding is null;

    /// <summary>Finds hosts; with a proxy, none but those that are addresses.</summary>
    internal HostLookup Lookup() => IsProxied
        ? new HostLookup(_time, (_, _) => throw new SocketException((int)SocketError.HostNotFound))
        : new HostLookup(_time);

    /// <summary>Whether there is anybody that the user does not want to speak with.</summary>
    internal bool HasFilter => _options.Filter is not null;

    /// <summary>Whether an address is one that the user does not want to speak with.</summary>
    internal bool IsBlocked(IPAddress address) => _options.Filter is { } filter && filter.Contains(address);

    /// <summary>Whether the wanted way is there at all.</summary>
    /// <exception cref="NetworkException">It is not.</exception>
    internal async Task CheckAsync(CancellationToken cancel)
    {
        _binding?.Check();
        if (_proxy is null)
        {
            return;
        }

        using var deadline = new Deadline(CheckTimeout, _time, cancel);
        try
        {
            await _proxy.CheckAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new NetworkException($"the proxy does not answer within {CheckTimeout.TotalSeconds:0} s");
        }
        catch (SocketException e)
        {
            throw new NetworkException($"the proxy cannot be reached: {e.Message}", e);
        }
        catch (ProtocolViolationException e)
        {
            throw new NetworkException(e.Message, e);
        }
    }

    /// <summary>How long to wait for a connection.</summary>
    /// <param name="direct">What is right without a proxy.</param>
    internal TimeSpan Patience(TimeSpan direct) => IsProxied && direct < ProxyPatience ? ProxyPatience : direct;

    /// <summary>Connects to an address.</summary>
    /// <exception cref="SocketException">There is no way, or nobody there.</exception>
    /// <exception cref="ProtocolViolationException">The address is blocked, or the proxy refuses.</exception>
    internal async Task<Socket> ConnectAsync(IPEndPoint address, CancellationToken cancel)
    {
        if (IsBlocked(address.Address))
        {
            throw new ProtocolViolationException("is in the --ip-filter");
        }

        if (_proxy is not null)
        {
            return await _proxy.ConnectAsync(address, cancel);
        }

        var socket = Open(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects to a host whose name the proxy looks up. Only where there is one.</summary>
    /// <exception cref="SocketException">The proxy is gone.</exception>
    /// <exception cref="ProtocolViolationException">The proxy refuses.</exception>
    internal Task<Socket> ConnectAsync(string host, int port, CancellationToken cancel) =>
        _proxy is not null ? _proxy.ConnectAsync(host, port, cancel) : throw new InvalidOperationException("Without a proxy nobody looks names up here.");

    /// <summary>A socket that leaves by the right way.</summary>
    /// <exception cref="SocketException">There is none.</exception>
    internal Socket Open(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        if (IsProxied && protocol == ProtocolType.Udp)
        {
            throw new SocketException((int)SocketError.NetworkUnreachable);
        }

        var socket = new Socket(family, type, protocol);
        try
        {
            _binding?.Apply(socket);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A socket bound to a port at every address that the user permits, of both families where that is possible.</summary>
    /// <exception cref="SocketException">There is none, the port is taken, or nobody may call us.</exception>
    internal Socket OpenAt(int port, SocketType type, ProtocolType protocol)
    {
        if (IsProxied)
        {
            throw new SocketException((int)SocketError.AccessDenied);
        }

        var places = _binding?.ListeningAddresses() ?? LocalBinding.Everywhere;
        for (var i = 0; ; i++)
        {
            Socket? socket = null;
            try
            {
                socket = new Socket(places[i].AddressFamily, type, protocol);
                if (places[i].Equals(IPAddress.IPv6Any))
                {
                    socket.DualMode = true;
                }

                _binding?.ApplyDevice(socket);
                socket.Bind(new IPEndPoint(places[i], port));
                return socket;
            }
            catch (SocketException) when (i < places.Count - 1)
            {
                // Without IPv6 in the kernel, IPv4 alone.
                socket?.Dispose();
            }
            catch
            {
                socket?.Dispose();
                throw;
            }
        }
    }
}
