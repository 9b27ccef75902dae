using System.Net;

namespace BtFs.Engine.Dht;

/// <summary>Whether others can ask us unasked. Behind a router that lets nobody in they cannot, and we belong in no table (BEP 43).</summary>
/// <remarks>
/// Found out by waiting: a node that is in the tables of others is asked by strangers within minutes. Whoever we asked first proves nothing,
/// for the router lets its packets in.
/// </remarks>
internal sealed class Reachability
{
    /// <summary>How long to wait for a stranger, once so many nodes know us that some would have come.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>Nodes that know us, for <see cref="Patience"/> to begin.</summary>
    internal const int EnoughNodes = 32;

    private const int Remembered = 2_048;

    private readonly HashSet<IPAddress> _asked = [];
    private readonly Queue<IPAddress> _order = [];
    private TimeSpan? _waitingSince;
    private bool _isReached;

    /// <summary>Nobody can ask us: we say so and do not answer.</summary>
    internal bool IsReadOnly { get; private set; }

    /// <summary>We send to an address.</summary>
    internal void Asked(IPAddress address)
    {
        if (_asked.Add(address))
        {
            _order.Enqueue(address);
            if (_order.Count > Remembered)
            {
                _asked.Remove(_order.Dequeue());
            }
        }
    }

    /// <summary>Somebody asks us.</summary>
    internal void AskedBy(IPAddress address)
    {
        if (!_asked.Contains(address))
        {
            _isReached = true;
            IsReadOnly = false;
        }
    }

    /// <summary>Time has passed.</summary>
    /// <param name="nodes">Nodes in the table.</param>
    /// <param name="now">The moment.</param>
    internal void Tick(int nodes, TimeSpan now)
    {
        if (nodes < EnoughNodes)
        {
            _waitingSince = null;
            return;
        }

        _waitingSince ??= now;
        if (!_isReached && now - _waitingSince >= Patience)
        {
            IsReadOnly = true;
        }
    }
}
