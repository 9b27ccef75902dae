using System.Diagnostics;

namespace BtFs.Engine.Torrents;

internal enum PieceState : byte
{
    Missing,
    Downloading,
    Verifying,
    Have,
}

internal enum PieceEvent
{
    Started,
    GivenUp,
    LastBlockArrived,
    HashFailed,
    Stored,
    Evicted,
}

/// <summary>The life of one piece. This table is the whole truth; nothing else assigns a state.</summary>
/// <remarks>
/// <code>
/// Missing ─Started→ Downloading ─LastBlockArrived→ Verifying ─Stored→ Have
///    ↑                   │                             │               │
///    └─────GivenUp───────┴─────────HashFailed──────────┴────Evicted────┘
/// </code>
/// Who waits for a piece is not part of its life: see <see cref="Picking.DemandBook"/>.
/// </remarks>
internal static class PieceLifecycle
{
    internal static PieceState After(this PieceState state, PieceEvent happened) => (state, happened) switch
    {
        (PieceState.Missing, PieceEvent.Started) => PieceState.Downloading,
        (PieceState.Downloading, PieceEvent.LastBlockArrived) => PieceState.Verifying,
        (PieceState.Downloading, PieceEvent.GivenUp) => PieceState.Missing,
        (PieceState.Verifying, PieceEvent.Stored) => PieceState.Have,
        (PieceState.Verifying, PieceEvent.HashFailed) => PieceState.Missing,
        (PieceState.Have, PieceEvent.Evicted) => PieceState.Missing,
        _ => throw new UnreachableException($"A {state} piece cannot see {happened}."),
    };
}
