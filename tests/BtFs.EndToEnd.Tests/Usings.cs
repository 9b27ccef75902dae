global using BtFs.EndToEnd.Machine;
global using BtFs.EndToEnd.Swarm;

// Two cores, real programs and promises in milliseconds: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
