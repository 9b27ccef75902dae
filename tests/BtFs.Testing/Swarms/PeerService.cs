using BtFs.Engine.Layout;
using BtFs.Protocol.Peer;

namespace BtFs.Testing.Swarms;

/// <summary>The far end of a simulated peer: takes requests, writes blocks into its output, and sends that at its rate.</summary>
/// <remarks>
/// <code>
/// request ─half a round trip→ pending ─room→ output ─rate, stalls, link→ path ─half a round trip→ us
/// </code>
/// All that it sends is one stream: a CHOKE or REJECT comes behind the blocks that were written before it.
/// </remarks>
internal sealed class PeerService : IDue
{
    private readonly SimulatedSwarm _swarm;
    private readonly SimulatedPeer _peer;
    private readonly PeerBehaviour _behaviour;
    private readonly Random _random;
    private readonly PendingRequests _pending = new();
    private readonly Queue<OutputItem> _output = [];
    private readonly DelayLine<OutputItem> _path;
    private readonly long _outputRoom;
    private long _outputBytes;
    private int _outputBlocks;
    private TimeSpan _nextStall = TimeSpan.MaxValue;
    private TimeSpan _stalledUntil;
    private bool _isSending;
    private bool _isHeldBack;
    private bool _isClosed;
    private readonly RateSteps? _steps;

    internal PeerService(SimulatedSwarm swarm, SimulatedPeer peer, Random random)
    {
        _swarm = swarm;
        _peer = peer;
        _behaviour = peer.Behaviour;
        _random = random;
        _outputRoom = _behaviour.Output.Bytes(_behaviour.Rate);
        _path = new DelayLine<OutputItem>(swarm.Agenda, _behaviour.RoundTrip / 2, LeavePath);
        if (_behaviour.StepEvery is { } step)
        {
            _steps = new RateSteps(_behaviour.Rate, step, step * _random.NextDouble(), _behaviour.StepsSaved, _behaviour.ServesInPulses);
        }

        if (_behaviour.StallEvery is { } every)
        {
            _nextStall = swarm.Now + _random.After(every);
        }
    }

    /// <summary>Whether it refuses requests now, at its end.</summary>
    internal bool Chokes { get; private set; }

    /// <summary>Times that it stopped.</summary>
    internal int Stalls { get; private set; }

    private int Unanswered => _pending.Count + _outputBlocks;

    /// <summary>A request has arrived.</summary>
    internal void Take(BlockRef block)
    {
        if (_isClosed)
        {
            return;
        }

        var isRefused = _behaviour.RefusesAll || (Chokes && !_peer.Granted.Contains(block.Piece.Value)) || Unanswered >= _behaviour.RequestLimit;
        if (!isRefused)
        {
            _pending.Add(block);
            Write();
        }
        else if (_behaviour.Fast)
        {
            Refuse(block);
        }
    }

    /// <summary>A CANCEL has arrived.</summary>
    internal void Drop(BlockRef block)
    {
        if (_isClosed || !_pending.Remove(block))
        {
            return;
        }

        if (_behaviour.SwallowsCancels)
        {
            _peer.Forgot(block);
        }
        else if (_behaviour.Fast)
        {
            Refuse(block);
        }
    }

    internal void Choke()
    {
        Chokes = true;
        Say(new PeerMessage.Choke());
        foreach (var block in _pending.RemoveAllBut(_peer.Granted))
        {
            if (_behaviour.Fast)
            {
                Refuse(block);
            }
        }
    }

    internal void Unchoke()
    {
        Chokes = false;
        Say(new PeerMessage.Unchoke());
    }

    /// <summary>The link has room again.</summary>
    internal void GoOn()
    {
        _isHeldBack = false;
        Send();
    }

    internal void Close()
    {
        _isClosed = true;
        _output.Clear();
    }

    /// <summary>The block in hand is sent.</summary>
    public void Happen()
    {
        if (_isClosed)
        {
            return;
        }

        _isSending = false;
        var sent = _output.Dequeue();
        _outputBytes -= sent.Length;
        _outputBlocks--;
        _swarm.Link?.Expect(sent);
        _path.Put(sent);
        Write();
    }

    private void Say(PeerMessage message)
    {
        _output.Enqueue(new OutputItem(message, default));
        Send();
    }

    private void Refuse(BlockRef block) => Say(new PeerMessage.RejectRequest(block.Piece.Value, block.Offset, block.Length));

    private void Write()
    {
        while (_pending.Count > 0 && !_behaviour.IsSilent && (_outputBlocks == 0 || _outputBytes < _outputRoom))
        {
            var block = _pending.Take(_behaviour.Order == ServiceOrder.Random ? _random : null);
            _output.Enqueue(new OutputItem(null, block));
            _outputBytes += block.Length;
            _outputBlocks++;
        }

        Send();
    }

    private void Send()
    {
        while (!_isClosed && !_isSending && !_isHeldBack && _output.TryPeek(out var next))
        {
            if (next.Message is not null)
            {
                _path.Put(_output.Dequeue());
                continue;
            }

            if (_swarm.Link is { } link && !link.HasRoomFor(this))
            {
                _isHeldBack = true;
                return;
            }

            _isSending = true;
            _swarm.Agenda.At(_steps?.Next(WhenReady(), next.Length) ?? WhenReady() + TimeSpan.FromSeconds(next.Length / _behaviour.Rate), this);
        }
    }

    /// <summary>When it begins with the next block: now, unless it stalls.</summary>
    private TimeSpan WhenReady()
    {
        while (_nextStall <= _swarm.Now)
        {
            Stall(_nextStall);
            _nextStall += _behaviour.StallFor + _random.After(_behaviour.StallEvery!.Value);
        }

        if (_behaviour.StallShare > 0 && _random.NextDouble() < _behaviour.StallShare)
        {
            Stall(_swarm.Now);
        }

        return _stalledUntil > _swarm.Now ? _stalledUntil : _swarm.Now;
    }

    private void Stall(TimeSpan from)
    {
        Stalls++;
        _stalledUntil = from + _behaviour.StallFor;
    }

    private void LeavePath(OutputItem item)
    {
        if (_swarm.Link is { } link)
        {
            link.Enter(_peer, item);
        }
        else
        {
            _peer.Arrive(item);
        }
    }
}
