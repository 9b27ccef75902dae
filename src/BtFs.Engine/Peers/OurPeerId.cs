using BtFs.Protocol.Peer;

namespace BtFs.Engine.Peers;

/// <summary>By which peers know us. Thread-safe.</summary>
/// <remarks>
/// A peer whose connection with us is dead does not know that, and takes whoever comes from elsewhere with the same id for an impostor or a
/// second line. So after a change of our addresses we are somebody new.
/// </remarks>
internal sealed class OurPeerId(PeerId first)
{
    private readonly Lock _lock = new();
    private readonly List<PeerId> _ids = [first];

    /// <summary>The id of connections that begin now.</summary>
    internal PeerId Current
    {
        get
        {
            lock (_lock)
            {
                return _ids[^1];
            }
        }
    }

    /// <summary>Whether an id is ours, or was.</summary>
    internal bool Is(PeerId id)
    {
        lock (_lock)
        {
            return _ids.Contains(id);
        }
    }

    /// <summary>Takes another id.</summary>
    internal void Renew(Random random)
    {
        lock (_lock)
        {
            if (_ids.Count == PeerLimits.OwnIds)
            {
                _ids.RemoveAt(0);
            }

            _ids.Add(PeerId.New(random));
        }
    }
}
