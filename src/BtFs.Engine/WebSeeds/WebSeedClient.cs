using System.Collections.Concurrent;
using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Engine.Layout;
using BtFs.Engine.Network;

namespace BtFs.Engine.WebSeeds;

/// <summary>Asks one web seed for parts of files, along redirects, over connections that are kept. Thread-safe.</summary>
/// <remarks>
/// The rules for where a request may lead (<see cref="HttpHop"/>) are applied to the addresses that were connected to, also where a
/// connection is used again. Proxies of the environment are not used, as they are not for peers.
/// </remarks>
internal sealed class WebSeedClient : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    private readonly IWebSeedForm _form;
    private readonly TimeProvider _time;
    private readonly HttpConnector _connector;
    private readonly HttpMessageInvoker _http;
    private readonly ConcurrentDictionary<(string Host, int Port), IPAddress> _addresses = new();
    private readonly ConcurrentDictionary<FileIndex, HttpHop> _moved = new();

    internal WebSeedClient(IWebSeedForm form, HostLookup lookup, NetworkRoute route, TimeProvider time)
    {
        _form = form;
        _time = time;
        _connector = new HttpConnector(time, lookup, route);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = ConnectTimeout,
            MaxConnectionsPerServer = WebSeedLimits.Connections,
            MaxResponseDrainSize = WebSeedLimits.DrainBytes,
            MaxResponseHeadersLength = WebSeedLimits.MaxHeaderKilobytes,
            PooledConnectionIdleTimeout = WebSeedLimits.IdleTimeout,
            PooledConnectionLifetime = WebSeedLimits.ConnectionLifetime,
            SslOptions = HttpFetch.Tls(route),
            UseCookies = false,
            UseProxy = false,
        });
    }

    /// <summary>Asks for a part of a file. Where a redirect leads is remembered until it fails.</summary>
    /// <returns>The answer, its body still to be read; the caller disposes it.</returns>
    /// <exception cref="WebSeedException">There is none that can be used.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was, and nothing else.</exception>
    internal async Task<RangeAnswer> GetAsync(FilePart part, CancellationToken cancel)
    {
        try
        {
            return await FollowAsync(part, cancel);
        }
        catch (HttpRequestException fault)
        {
            _moved.TryRemove(part.File, out _);
            var scope = fault.InnerException is HttpFetchException ? WebSeedScope.File : WebSeedScope.Connection;
            throw new WebSeedException(HttpFetch.Describe(fault), scope, inner: fault);
        }
        catch (HttpFetchException fault)
        {
            _moved.TryRemove(part.File, out _);
            throw new WebSeedException(fault.Message, WebSeedScope.File, inner: fault);
        }
        catch (WebSeedException)
        {
            _moved.TryRemove(part.File, out _);
            throw;
        }
        catch (OperationCanceledException fault) when (!cancel.IsCancellationRequested)
        {
            throw new WebSeedException($"no connection within {ConnectTimeout.TotalSeconds:0} s", WebSeedScope.Connection, inner: fault);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<RangeAnswer> FollowAsync(FilePart part, CancellationToken cancel)
    {
        var hop = _moved.TryGetValue(part.File, out var remembered) ? remembered : First(part);
        for (var redirects = 0; ; redirects++)
        {
            var response = await SendAsync(hop, part, cancel);
            if (!HttpFetch.IsRedirect(response.StatusCode))
            {
                return await JudgeAsync(response, hop, part, cancel);
            }

            using (response)
            {
                if (redirects == WebSeedLimits.MaxRedirects)
                {
                    throw new WebSeedException($"the server redirects more than {WebSeedLimits.MaxRedirects} times", WebSeedScope.File);
                }

                hop = hop.Redirect(response.Headers.Location);
            }
        }
    }

    private HttpHop First(FilePart part) => _form.FirstHop(part)
        ?? throw new WebSeedException("their names would lead out of the server's folder", WebSeedScope.FileForGood);

    private async Task<RangeAnswer> JudgeAsync(HttpResponseMessage response, HttpHop hop, FilePart part, CancellationToken cancel)
    {
        var isUsed = false;
        try
        {
            var answer = await _form.JudgeAsync(response, part, _time.GetUtcNow(), cancel);
            isUsed = true;
            if (hop.WasRedirected && _form.KeepsUrl && _moved.Count < WebSeedLimits.MaxRemembered)
            {
                _moved[part.File] = hop;
            }

            return answer;
        }
        finally
        {
            if (!isUsed)
            {
                response.Dispose();
            }
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpHop hop, FilePart part, CancellationToken cancel)
    {
        CheckKnown(hop);
        hop.CheckName();
        using var request = new HttpRequestMessage(HttpMethod.Get, hop.Url) { Version = HttpVersion.Version11 };
        request.Options.Set(HttpHop.Key, hop);
        request.Headers.UserAgent.ParseAdd(HttpFetch.UserAgent);
        request.Headers.AcceptEncoding.ParseAdd("identity");
        request.Headers.Range = _form.RangeOf(part);
        var response = await _http.SendAsync(request, cancel);
        try
        {
            CheckKnown(hop);
            return response;
        }
        catch (HttpFetchException)
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>A connection that is used again was checked for another request.</summary>
    private void CheckKnown(HttpHop hop)
    {
        if (_addresses.TryGetValue((hop.Url.IdnHost, hop.Url.Port), out var address))
        {
            hop.Check(address);
            hop.ConnectedTo = address;
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var stream = await _connector.ConnectAsync(context, cancel);
        if (context.InitialRequestMessage.Options.TryGetValue(HttpHop.Key, out var hop) && hop.ConnectedTo is { } address)
        {
            // Of several addresses one on the Internet counts: who redirects from there must not lead us into the local network.
            _addresses.AddOrUpdate((context.DnsEndPoint.Host, context.DnsEndPoint.Port), address, (_, before) => AddressScope.IsLocal(before) ? address : before);
        }

        return stream;
    }
}
