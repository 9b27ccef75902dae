using BtFs.Engine.Discovery;
using BtFs.Protocol.PortMapping;

namespace BtFs.Engine.PortMapping;

/// <summary>How long things take between a gateway and us, and what it may send.</summary>
internal static class PortMappingLimits
{
    /// <summary>For how long a port is asked for; it is asked for again when half of that has passed.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>What a gateway says to give is believed from here to <see cref="Lifetime"/>: less would have us ask all the time.</summary>
    internal static readonly TimeSpan ShortestLifetime = TimeSpan.FromMinutes(2);

    /// <summary>How often we look whether there is another gateway, or another address of ours.</summary>
    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);

    /// <summary>How often a gateway's clock is read while we hold ports: one that was started anew has forgotten them.</summary>
    internal static readonly TimeSpan ReadClockEvery = TimeSpan.FromMinutes(1);

    /// <summary>When a gateway that gave nothing is asked again.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(10);

    /// <summary>For giving all ports back, at the end.</summary>
    internal static readonly TimeSpan GoodbyeWithin = TimeSpan.FromSeconds(1);

    /// <summary>How long each sending of a question waits for its answer (RFC 6886 3.1 goes on for a minute, which no reader of ours would wait).</summary>
    internal static readonly IReadOnlyList<TimeSpan> Patience = [TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1)];

    /// <summary>How long a UPnP gateway may take to answer a search; it is asked twice.</summary>
    internal static readonly TimeSpan SearchFor = TimeSpan.FromSeconds(2);

    /// <summary>Answers to one search that are looked at.</summary>
    internal const int SearchAnswers = 32;

    /// <summary>Ports that are tried at a UPnP gateway where the one that would suit us is somebody else's.</summary>
    internal const int Ports = 5;

    /// <summary>Lowest port that is tried instead.</summary>
    internal const int LowestPort = 1024;

    /// <summary>What getting a gateway's description may cost.</summary>
    internal static HttpFetchLimits Description { get; } = new() { MaxBytes = GatewayDescription.MaxBytes, MaxRedirects = 0, Total = TimeSpan.FromSeconds(5) };

    /// <summary>What a call of a gateway may cost.</summary>
    internal static HttpFetchLimits Call { get; } = new() { MaxBytes = GatewayAnswer.MaxBytes, MaxRedirects = 0, Total = TimeSpan.FromSeconds(5) };
}
