namespace BtFs.Engine.WebSeeds;

/// <summary>A web seed did not give what was asked of it.</summary>
/// <param name="message">A phrase for people that fits behind "http://host: "; nothing of what the server wrote is in it.</param>
/// <param name="scope">What it concerns.</param>
/// <param name="retryAfter">How long the server asks to be left alone.</param>
/// <param name="inner">What the network said.</param>
internal sealed class WebSeedException(string message, WebSeedScope scope, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    internal WebSeedScope Scope { get; } = scope;

    internal TimeSpan? RetryAfter { get; } = retryAfter;
}
