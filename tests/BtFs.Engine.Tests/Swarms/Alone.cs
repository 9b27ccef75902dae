namespace BtFs.Engine.Tests.Swarms;

/// <summary>Tests beside which no other may run.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;
