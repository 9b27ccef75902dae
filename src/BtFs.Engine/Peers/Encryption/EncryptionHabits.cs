using System.Net;

namespace BtFs.Engine.Peers.Encryption;

/// <summary>Which addresses are called with an encrypted handshake first, because a plain one came to nothing there. Thread-safe.</summary>
/// <remarks>
/// Every client's default takes a plain handshake, which is a round trip shorter. So that comes first, and where the peer hangs up on it, an
/// encrypted one at once: a peer that requires encryption costs two round trips more once, and nothing from then on.
/// </remarks>
internal sealed class EncryptionHabits(EncryptionPolicy policy)
{
    /// <summary>Addresses remembered; the oldest is forgotten for a new one.</summary>
    internal const int MaxRemembered = 2000;

    private readonly Lock _lock = new();
    private readonly HashSet<IPEndPoint> _encrypted = [];
    private readonly Queue<IPEndPoint> _order = new();

    /// <summary>Whether there is another way to try where one fails.</summary>
    internal bool HasChoice => policy == EncryptionPolicy.Prefer;

    /// <summary>Whether the first handshake with an address is an encrypted one.</summary>
    internal bool EncryptsFirst(IPEndPoint address)
    {
        lock (_lock)
        {
            return policy == EncryptionPolicy.Require || (HasChoice && _encrypted.Contains(address));
        }
    }

    /// <summary>Notes what to try first the next time.</summary>
    internal void Remember(IPEndPoint address, bool encrypted)
    {
        lock (_lock)
        {
            if (!HasChoice)
            {
                return;
            }

            if (!encrypted)
            {
                _encrypted.Remove(address);
            }
            else if (_encrypted.Add(address))
            {
                _order.Enqueue(address);
                if (_order.Count > MaxRemembered)
                {
                    _encrypted.Remove(_order.Dequeue());
                }
            }
        }
    }
}
