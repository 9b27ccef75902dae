namespace BtFs.Testing.Swarms;

/// <summary>Chokes and unchokes a peer round by round.</summary>
internal sealed class ChokingLife(SimulatedSwarm swarm, PeerService service, ChokingRounds rounds, Random random) : IDue
{
    private TimeSpan _optimisticUntil;
    private TimeSpan _nextOptimistic;
    private bool _isOver;

    internal void Begin() => swarm.Agenda.At(swarm.Now + (rounds.Round * random.NextDouble()), this);

    internal void End() => _isOver = true;

    /// <inheritdoc/>
    public void Happen()
    {
        if (_isOver)
        {
            return;
        }

        var isServed = random.Next(rounds.Rivals + 1) < rounds.Slots;
        if (swarm.Now >= _nextOptimistic)
        {
            _nextOptimistic = swarm.Now + rounds.OptimisticTurn;
            var isLucky = random.Next(Math.Max(rounds.Rivals + 1 - rounds.Slots, 1)) == 0;
            _optimisticUntil = isLucky ? _nextOptimistic : swarm.Now;
        }

        isServed |= swarm.Now < _optimisticUntil;
        if (isServed && service.Chokes)
        {
            service.Unchoke();
        }
        else if (!isServed && !service.Chokes)
        {
            service.Choke();
        }

        swarm.Agenda.At(swarm.Now + rounds.Round, this);
    }
}
