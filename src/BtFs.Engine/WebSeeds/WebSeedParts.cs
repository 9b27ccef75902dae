using BtFs.Engine.Layout;
using BtFs.Engine.Peers;

namespace BtFs.Engine.WebSeeds;

/// <summary>What the requests to one web seed share.</summary>
/// <param name="Form">How it is asked.</param>
/// <param name="Client">Who asks.</param>
/// <param name="Queue">What is wanted.</param>
/// <param name="Batches">The events by which blocks are handed on.</param>
/// <param name="Sessions">The clock and the limits.</param>
/// <param name="Worked">Told whenever blocks of a file have come; any thread.</param>
internal sealed record WebSeedParts(
    IWebSeedForm Form,
    WebSeedClient Client,
    RangeQueue Queue,
    BlockBatches Batches,
    PeerSessionOptions Sessions,
    Action<FileIndex> Worked);
