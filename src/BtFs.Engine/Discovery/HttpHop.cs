using System.Net;

namespace BtFs.Engine.Discovery;

/// <summary>One request on the way along redirects, and the rules for where it may lead.</summary>
/// <remarks>The rules are applied to the very address that is connected to: what a name server said before, or says next, does not count.</remarks>
/// <param name="url">Where to.</param>
/// <param name="cameFrom">The address that redirected here; null at first.</param>
/// <param name="isStrangers">See <see cref="HttpFetchLimits.IsStrangers"/>.</param>
internal sealed class HttpHop(Uri url, IPAddress? cameFrom, bool isStrangers)
{
    public static readonly HttpRequestOptionsKey<HttpHop> Key = new("hop");

    public Uri Url { get; } = url;

    /// <summary>Whether it is a web seed that is asked. Such a URL may lead to the local network, but not with a query there, which could make a service do something.</summary>
    public bool IsWebSeed { get; init; }

    /// <summary>Whether the query is all ours: nobody chose it to make a service do something.</summary>
    public bool HasOwnQuery { get; init; }

    /// <summary>Whether an answer of another place led here.</summary>
    public bool WasRedirected { get; private init; }

    /// <summary>The address that the request went to.</summary>
    public IPAddress? ConnectedTo { get; set; }

    /// <summary>Looks at the host's name, before anybody is asked for its address.</summary>
    /// <exception cref="HttpFetchException">It was not the user who chose it, and it may look like another one.</exception>
    public void CheckName()
    {
        if ((isStrangers || IsWebSeed || WasRedirected) && HostSpelling.MayLookLikeAnother(Url))
        {
            throw new HttpFetchException("the host's name has letters that may look like others");
        }
    }

    /// <exception cref="HttpFetchException">The request must not go to <paramref name="address"/>.</exception>
    public void Check(IPAddress address)
    {
        if (cameFrom is not null && !AddressScope.IsLocal(cameFrom) && AddressScope.IsLocal(address))
        {
            throw new HttpFetchException("a server on the Internet redirects into the local network");
        }

        if (IsWebSeed && !HasOwnQuery && Url.Query.Length > 0 && AddressScope.IsLocal(address))
        {
            throw new HttpFetchException("the URL leads into the local network and has a query");
        }

        // The rule by which libtorrent, too, tells a tracker on this machine from other services.
        if (isStrangers && AddressScope.IsLoopback(address) && !Url.AbsolutePath.StartsWith("/announce", StringComparison.Ordinal))
        {
            throw new HttpFetchException("the URL leads to this machine, but not to a tracker");
        }
    }

    /// <summary>The next request, where an answer redirects.</summary>
    /// <exception cref="HttpFetchException">It must not be followed.</exception>
    public HttpHop Redirect(Uri? location)
    {
        if (location is null || !Uri.TryCreate(Url, location, out var next) || next.Scheme is not ("http" or "https"))
        {
            throw new HttpFetchException("the server redirects to what is no web address");
        }

        if (Url.Scheme == "https" && next.Scheme == "http")
        {
            throw new HttpFetchException("the server redirects from https to http");
        }

        return new HttpHop(next, ConnectedTo, isStrangers) { IsWebSeed = IsWebSeed, WasRedirected = true };
    }
}
