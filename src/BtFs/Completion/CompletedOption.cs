namespace BtFs.Completion;

/// <summary>An option.</summary>
/// <param name="Names">The long one first.</param>
/// <param name="Meaning">For people.</param>
/// <param name="ValueName">What its value is called, or null for a flag.</param>
/// <param name="Value">What its value is.</param>
/// <param name="Words">The values there are, where they are <see cref="ValueKind.Word"/>.</param>
/// <param name="IsRepeatable">Whether it may come again.</param>
internal sealed record CompletedOption(
    IReadOnlyList<string> Names, string Meaning, string? ValueName, ValueKind Value, IReadOnlyList<string> Words, bool IsRepeatable);
