using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Storage;

/// <summary>One thing for the writer to do.</summary>
/// <param name="Kind">What.</param>
/// <param name="Piece">The piece, where it is about one.</param>
/// <param name="Range">Its bytes, where they are to be written.</param>
internal readonly record struct PendingChange(PendingChangeKind Kind, PieceIndex Piece = default, VerifiedRange? Range = null);
