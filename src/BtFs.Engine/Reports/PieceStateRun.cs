namespace BtFs.Engine.Reports;

/// <summary>Pieces side by side that are in one state.</summary>
/// <param name="First">The first piece.</param>
/// <param name="Count">How many.</param>
/// <param name="State">As users know it: <c>missing</c>, <c>downloading</c>, <c>verifying</c>, <c>have</c> or <c>unchecked</c>.</param>
public readonly record struct PieceStateRun(int First, int Count, string State);
