namespace BtFs.Completion;

/// <summary>A command.</summary>
/// <param name="Path">Its words; empty for the root.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Inner">The commands below it.</param>
/// <param name="Options">Its options.</param>
/// <param name="Operands">What it takes beside.</param>
/// <param name="Words">One of these, where operands are <see cref="ValueKind.Word"/>.</param>
internal sealed record CompletedCommand(
    string Path, string Summary, IReadOnlyList<string> Inner, IReadOnlyList<CompletedOption> Options, ValueKind Operands, IReadOnlyList<string> Words);
