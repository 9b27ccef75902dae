namespace BtFs.Testing.Swarms.Readers;

/// <summary>A program that reads through an open handle, in virtual time.</summary>
internal interface ISimulatedReader
{
    /// <summary>Reads until it is done, or the swarm is closed.</summary>
    Task RunAsync(SimulatedSwarm swarm, Random random);
}
