using BtFs.Benchmarks;

return args switch
{
    ["swarm", .. var rest] => SwarmTable.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Benchmarks of the engine, without a network.

          swarm [--scenario NAME,...] [--seeds N] [--from SEED] [--threads N]
              Lives through simulated swarms in virtual time, and prints a table. A NAME may end in '*'. Without names: all.
        """);
    return 2;
}
