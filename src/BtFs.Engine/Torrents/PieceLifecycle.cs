using System.Diagnostics;

namespace BtFs.Engine.Torrents;

internal enum PieceState : byte
{
    Missing,
    Downloading,
    Verifying,
    Have,

    /// <summary>Perhaps here already: files are being looked through. Fetched only when a reader waits for it.</summary>
    Unchecked,
}

internal enum PieceEvent
{
    Started,
    GivenUp,
    LastBlockArrived,
    HashFailed,
    Stored,
    Found,
    NotFound,
    Evicted,
}

/// <summary>The life of one piece. This table is the whole truth; nothing else assigns a state.</summary>
/// <remarks>
/// <code>
/// Missing ─Started→ Downloading ─LastBlockArrived→ Verifying ─Stored→ Have
///    ↑                   │                             │               │
///    ├─────GivenUp───────┴─────────HashFailed──────────┴────Evicted────┤
///    ├───────────────────────────────Found────────────────────────────→┤
///    └─NotFound─ Unchecked ──────────Found────────────────────────────→┘
///                    └─Started→ Downloading
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
        (PieceState.Missing or PieceState.Unchecked, PieceEvent.Found) => PieceState.Have,
        (PieceState.Unchecked, PieceEvent.NotFound) => PieceState.Missing,
        (PieceState.Unchecked, PieceEvent.Started) => PieceState.Downloading,
        (PieceState.Have, PieceEvent.Evicted) => PieceState.Missing,
        _ => throw new UnreachableException($"A {state} piece cannot see {happened}."),
    };
}
