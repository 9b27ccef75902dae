using System.Net;

namespace BtFs.Engine.Discovery;

/// <summary>A server's last answer, when all redirects were followed.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Phrase">The status for people, e.g. <c>404 Not Found</c>; printable.</param>
/// <param name="Body">Its body, inflated.</param>
internal sealed record HttpAnswer(HttpStatusCode Status, string Phrase, ReadOnlyMemory<byte> Body)
{
    /// <summary>Whether the server gave what was asked for.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;
}
