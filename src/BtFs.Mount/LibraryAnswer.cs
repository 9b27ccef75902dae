namespace BtFs.Mount;

/// <summary>What came of a request.</summary>
/// <param name="IsDone">Whether it was done.</param>
/// <param name="Text">One line for the program that asked, with its line feed.</param>
public sealed record LibraryAnswer(bool IsDone, string Text);
