namespace BtFs.Engine.Peers;

/// <summary>One torrent's part in the <see cref="ConnectionShares"/>. Thread-safe.</summary>
internal sealed class ConnectionShare(ConnectionShares all)
{
    private volatile bool _isBusy;

    /// <summary>Whether the torrent is read, or was a moment ago.</summary>
    internal bool IsBusy
    {
        get => _isBusy;
        set
        {
            if (_isBusy != value)
            {
                _isBusy = value;
                all.SetBusy(this, value);
            }
        }
    }

    /// <summary>Whether nobody has told yet what is in the torrent: a few have to be asked, though nobody can read it.</summary>
    internal volatile bool IsResolving;

    /// <summary>Places that the torrent has more than its part, while another lacks them.</summary>
    internal int Excess => all.ExcessOf(this);

    /// <summary>Whether another peer may be taken in.</summary>
    internal bool HasRoom => all.HasRoom(this);

    // These belong to the shares, under their lock.
    internal bool IsBusyHeld { get; set; }
    internal bool IsWanting { get; set; }
    internal int Used { get; set; }

    /// <summary>A part of as many places as one could wish, for a torrent by itself.</summary>
    internal static ConnectionShare OfOne() => new ConnectionShares(int.MaxValue).Join();

    /// <summary>Takes a place, if there is one.</summary>
    internal bool TryTake() => all.TryTake(this);

    /// <summary>Gives back a place.</summary>
    internal void GiveBack() => all.GiveBack(this);

    /// <summary>How many peers may be called.</summary>
    /// <param name="wanted">How many there are to be called.</param>
    internal int RoomToDial(int wanted) => all.RoomToDial(this, wanted);

    /// <summary>The torrent has no part any more. Its places are given back one by one, before or after.</summary>
    internal void Leave() => all.Leave(this);
}
