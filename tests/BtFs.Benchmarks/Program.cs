using BtFs.Benchmarks;

return args switch
{
    ["swarm", .. var rest] => SwarmTable.Run(rest),
    ["cost"] => BlockCost.Run(),
    ["encryption"] => EncryptionCost.Run(),
    ["dht", .. var rest] => DhtTable.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Benchmarks of the engine, without a network.

          swarm [--scenario NAME,...] [--seeds N] [--from SEED] [--threads N]
              Lives through simulated swarms in virtual time, and prints a table. A NAME may end in '*'. Without names: all.

          cost
              What a block costs in torrents of up to 1.6 million pieces (an info dictionary of 32 MiB) and swarms of up to 500 peers.

          encryption
              How fast a stream is encrypted, and what a handshake costs.

          dht [NODES] [SHARE OF LIARS] [SEEDS] [TORRENTS]
              Lives through simulated DHTs in virtual time, and counts which torrents are found. 2000 0.5 3 200 without arguments.
        """);
    return 2;
}
