using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace BtFs.Engine.Peers;

/// <summary>Counts callers that have not finished their handshake, so that nobody can hold them all. Thread-safe.</summary>
internal sealed class PendingCallers
{
    private const int NetworkBytes = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _counts = [];
    private int _total;

    /// <summary>Counts a caller in; false when it, or everybody, has too many pending already.</summary>
    internal bool TryAdd(IPAddress caller)
    {
        lock (_lock)
        {
            if (_total >= PeerLimits.PendingHandshakes)
            {
                return false;
            }

            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, Network(caller), out _);
            if (count >= PeerLimits.PendingHandshakesPerAddress)
            {
                return false;
            }

            count++;
            _total++;
            return true;
        }
    }

    /// <summary>Counts out a caller that was counted in.</summary>
    internal void Remove(IPAddress caller)
    {
        var network = Network(caller);
        lock (_lock)
        {
            _total--;
            if (--_counts[network] == 0)
            {
                _counts.Remove(network);
            }
        }
    }

    /// <summary>Whom an address is counted with: one IPv6 subscriber has a whole /64 to call from.</summary>
    internal static IPAddress Network(IPAddress caller)
    {
        if (caller.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return caller;
        }

        var bytes = caller.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }
}
