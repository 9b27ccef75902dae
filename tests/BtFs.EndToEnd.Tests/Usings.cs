global using BtFs.EndToEnd.Machine;
global using BtFs.EndToEnd.Swarm;

using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

// Two cores, real programs and promises in milliseconds: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
