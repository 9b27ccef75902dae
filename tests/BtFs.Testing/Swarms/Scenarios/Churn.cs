namespace BtFs.Testing.Swarms.Scenarios;

/// <summary>Peers leave, and others like them come.</summary>
internal sealed class Churn(SimulatedSwarm swarm, TimeSpan meanStay, TimeSpan meanGap, Random random)
{
    /// <summary>Peers that left.</summary>
    internal int Left { get; private set; }

    internal void Join(PeerBehaviour behaviour)
    {
        var peer = swarm.Join(behaviour);
        swarm.After(random.After(meanStay), () =>
        {
            Left++;
            peer.Close("left");
            swarm.After(random.After(meanGap), () => Join(behaviour));
        });
    }
}
