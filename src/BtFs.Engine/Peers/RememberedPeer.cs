using System.Net;

namespace BtFs.Engine.Peers;

/// <summary>A peer that was of use, worth calling first the next time.</summary>
/// <param name="Address">Where it can be called.</param>
/// <param name="Quickness">Seconds from a request to its block.</param>
/// <param name="SpeaksUtp">Whether uTP has worked there.</param>
/// <param name="Ago">How long ago it was of use.</param>
internal sealed record RememberedPeer(IPEndPoint Address, double Quickness, bool SpeaksUtp, TimeSpan Ago)
{
    /// <summary>Peers remembered of a torrent: more than a start needs, and few enough to be called at once.</summary>
    internal const int Most = 50;

    /// <summary>After so long somebody else has the address.</summary>
    internal static readonly TimeSpan Life = TimeSpan.FromDays(30);
}
