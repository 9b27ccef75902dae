namespace BtFs.Testing.Swarms;

/// <summary>The engine did what a strict peer would not stand.</summary>
internal sealed class BrokenRuleException(string message) : Exception(message);
