namespace BtFs.Engine;

/// <summary>The network cannot be reached by the way that the user wants. The message is one phrase that says why.</summary>
public sealed class NetworkException(string message, Exception? cause = null) : Exception(message, cause);
