namespace BtFs.Engine.Discovery;

/// <summary>A URL could not be fetched.</summary>
/// <param name="message">A phrase for people that fits behind "http://host: "; nothing of what the server wrote is in it.</param>
/// <param name="inner">What the network said.</param>
internal sealed class HttpFetchException(string message, Exception? inner = null) : Exception(message, inner);
