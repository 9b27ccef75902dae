namespace BtFs.Engine.Peers;

/// <summary>The places for peers that all torrents of a process share. Thread-safe; every question is answered in the same short time.</summary>
/// <remarks>
/// <para>A torrent alone may have them all. Among several, those that are read divide them evenly, and each may take what others leave. One that is not read
/// keeps a small part, or none where there are too many torrents for that to be of use: it is called by others, and calls nobody until it is read.</para>
/// <para>Who reads and finds no place left, though it has less than its part, says so by asking; whoever has more than its part then gives some up.</para>
/// </remarks>
/// <param name="most">Places.</param>
internal sealed class ConnectionShares(int most)
{
    /// <summary>Fewer connections than that are not worth keeping for a torrent that nobody reads.</summary>
    private const int LeastIdle = 4;

    /// <summary>The part of all places that torrents which nobody reads may have together: one half.</summary>
    private const int IdlePart = 2;

    /// <summary>The part that is kept free for those that are read: an eighth.</summary>
    private const int ReservedPart = 8;

    private readonly Lock _lock = new();
    private int _torrents;
    private int _busy;
    private int _wanting;
    private int _used;

    /// <summary>Places taken.</summary>
    internal int Used
    {
        get
        {
            lock (_lock)
            {
                return _used;
            }
        }
    }

    private int Free => most - _used;

    /// <summary>One more torrent has a part.</summary>
    internal ConnectionShare Join()
    {
        lock (_lock)
        {
            _torrents++;
            return new ConnectionShare(this);
        }
    }

    internal void Leave(ConnectionShare share)
    {
        SetBusy(share, isBusy: false);
        lock (_lock)
        {
            _torrents--;
        }
    }

    internal void SetBusy(ConnectionShare share, bool isBusy)
    {
        lock (_lock)
        {
            if (share.IsBusyHeld != isBusy)
            {
                share.IsBusyHeld = isBusy;
                _busy += isBusy ? 1 : -1;
                SetWanting(share, isWanting: false);
            }
        }
    }

    internal bool TryTake(ConnectionShare share)
    {
        lock (_lock)
        {
            if (!HasRoomFor(share))
            {
                return false;
            }

            share.Used++;
            _used++;
            return true;
        }
    }

    internal void GiveBack(ConnectionShare share)
    {
        lock (_lock)
        {
            share.Used--;
            _used--;
        }
    }

    internal bool HasRoom(ConnectionShare share)
    {
        lock (_lock)
        {
            return HasRoomFor(share);
        }
    }

    internal int RoomToDial(ConnectionShare share, int wanted)
    {
        lock (_lock)
        {
            var left = PartOf(share) - share.Used;
            SetWanting(share, share.IsBusyHeld && wanted > 0 && left > 0 && Free <= 0);
            var room = share.IsBusyHeld && (left > 0 || _wanting == 0) ? Free : Math.Min(left, Free - Reserved);
            return Math.Clamp(room, 0, wanted);
        }
    }

    internal int ExcessOf(ConnectionShare share)
    {
        lock (_lock)
        {
            return _wanting > 0 ? Math.Max(0, share.Used - PartOf(share)) : 0;
        }
    }

    private int Reserved => _torrents > 1 ? most / ReservedPart : 0;

    private bool HasRoomFor(ConnectionShare share) => Free > (share.IsBusyHeld ? 0 : Reserved);

    private int PartOf(ConnectionShare share)
    {
        if (_torrents <= 1)
        {
            return most;
        }

        if (share.IsBusyHeld)
        {
            return Math.Max(1, most / _busy);
        }

        var idle = most / IdlePart / _torrents;
        return idle >= LeastIdle ? idle : share.IsResolving ? LeastIdle : 0;
    }

    private void SetWanting(ConnectionShare share, bool isWanting)
    {
        if (share.IsWanting != isWanting)
        {
            share.IsWanting = isWanting;
            _wanting += isWanting ? 1 : -1;
        }
    }
}
