namespace BtFs.Testing.Swarms;

/// <summary>Our own downlink: all peers' blocks go through it one after another, at its rate, after waiting in its queue.</summary>
/// <remarks>
/// When its queue is full, senders hold back as TCP makes them, each with one block in hand at most, and go on as it drains. A deep
/// queue is bufferbloat: it fills the link as a shallow one does, and each block waits in it.
/// </remarks>
internal sealed class SharedLink : IDue
{
    private readonly Queue<(SimulatedPeer From, OutputItem Item)> _queue = [];
    private readonly Queue<PeerService> _heldBack = [];
    private readonly Agenda _agenda;
    private readonly double _rate;
    private readonly long _depth;
    private long _underWay;
    private long _queued;
    private TimeSpan _busyUntil;
    private bool _isBusy;

    /// <param name="agenda">The swarm's time.</param>
    /// <param name="rate">Bytes per second.</param>
    /// <param name="depth">Bytes that may be on their way to it or wait in it before senders hold back.</param>
    internal SharedLink(Agenda agenda, double rate, long depth)
    {
        _agenda = agenda;
        _rate = rate;
        _depth = depth;
    }

    /// <summary>How long a packet that comes now would wait.</summary>
    internal TimeSpan Delay => TimeSpan.FromSeconds(_queued / _rate);

    /// <summary>Bytes that have come through.</summary>
    internal long BytesPassed { get; private set; }

    /// <summary>Whether a sender may begin with one block more; if not, it is called when it may.</summary>
    internal bool HasRoomFor(PeerService sender)
    {
        if (_underWay < _depth)
        {
            return true;
        }

        _heldBack.Enqueue(sender);
        return false;
    }

    /// <summary>A sender has sent something, and it will come.</summary>
    internal void Expect(OutputItem item) => _underWay += item.Length;

    /// <summary>Something has come to our end of the peer's path.</summary>
    internal void Enter(SimulatedPeer from, OutputItem item)
    {
        _queue.Enqueue((from, item));
        _queued += item.Length;
        if (!_isBusy)
        {
            Begin();
        }
    }

    /// <inheritdoc/>
    public void Happen()
    {
        var (from, item) = _queue.Dequeue();
        _queued -= item.Length;
        _underWay -= item.Length;
        BytesPassed += item.Length;
        from.Arrive(item);
        _isBusy = false;
        if (_queue.Count > 0)
        {
            Begin();
        }

        for (var held = _underWay < _depth ? _heldBack.Count : 0; held > 0; held--)
        {
            _heldBack.Dequeue().GoOn();
        }
    }

    private void Begin()
    {
        _isBusy = true;
        _busyUntil = _agenda.Now + TimeSpan.FromSeconds(_queue.Peek().Item.Length / _rate);
        _agenda.At(_busyUntil, this);
    }
}
