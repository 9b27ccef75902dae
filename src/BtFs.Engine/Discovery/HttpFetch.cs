using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BtFs.Engine.Network;
using BtFs.Engine.Peers;
using BtFs.Protocol;

namespace BtFs.Engine.Discovery;

/// <summary>Gets small things from web servers that may be hostile. One for the whole process; thread-safe.</summary>
/// <remarks>
/// Every request has a connection of its own: announces are minutes apart, and each address is checked when it is connected to.
/// Proxies of the environment are not used: the one of <see cref="NetworkOptions"/> is for everything, or there is none.
/// </remarks>
internal sealed class HttpFetch : IDisposable
{
    /// <summary>By what web servers know us.</summary>
    internal const string UserAgent = "BtFs/0.1.0";

    private const int MaxHeaderKilobytes = 32;
    private const int MaxPhraseChars = 64;

    /// <summary>When a connection is given up although no request waits for it any more.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;

    public HttpFetch(TimeProvider time, HostLookup lookup, NetworkRoute? route = null)
    {
        _time = time;
        route ??= new NetworkRoute(new NetworkOptions(), time);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = new HttpConnector(time, lookup, route).ConnectAsync,
            ConnectTimeout = ConnectTimeout,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            PooledConnectionLifetime = TimeSpan.Zero,
            SslOptions = Tls(route),
            UseCookies = false,
            UseProxy = false,
        });
    }

    /// <summary>Gets a URL, following redirects.</summary>
    /// <param name="url">Absolute, http or https.</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The last answer, whatever its status.</returns>
    /// <exception cref="HttpFetchException">There is none, or it breaks a limit.</exception>
    public Task<HttpAnswer> GetAsync(Uri url, HttpFetchLimits limits, CancellationToken cancel) => FetchAsync(url, post: null, limits, cancel);

    /// <summary>Posts something to a URL. Redirects, where the limits allow any, are got.</summary>
    /// <param name="url">Absolute, http or https.</param>
    /// <param name="post">What.</param>
    /// <param name="limits">What the answer may cost.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The last answer, whatever its status.</returns>
    /// <exception cref="HttpFetchException">There is none, or it breaks a limit.</exception>
    public Task<HttpAnswer> PostAsync(Uri url, HttpPost post, HttpFetchLimits limits, CancellationToken cancel) => FetchAsync(url, post, limits, cancel);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpAnswer> FetchAsync(Uri url, HttpPost? post, HttpFetchLimits limits, CancellationToken cancel)
    {
        using var deadline = new Deadline(limits.Total, _time, cancel);
        try
        {
            var hop = new HttpHop(url, cameFrom: null, limits.IsStrangers);
            for (var redirects = 0; ; redirects++)
            {
                using var response = await SendAsync(hop, redirects == 0 ? post : null, deadline.Token);
                if (!IsRedirect(response.StatusCode))
                {
                    return await ReadAsync(response, limits, deadline.Token);
                }

                if (redirects == limits.MaxRedirects)
                {
                    throw new HttpFetchException($"the server redirects more than {limits.MaxRedirects} times");
                }

                hop = hop.Redirect(response.Headers.Location);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new HttpFetchException($"no answer within {limits.Total.TotalSeconds:0} s");
        }
        catch (HttpRequestException fault)
        {
            throw new HttpFetchException(Describe(fault), fault);
        }
    }

    /// <summary>Where the way counts, the system does not go and get certificates that a server left out.</summary>
    internal static SslClientAuthenticationOptions Tls(NetworkRoute route) => route.IsAnyWay
        ? new SslClientAuthenticationOptions()
        : new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
        };

    private async Task<HttpResponseMessage> SendAsync(HttpHop hop, HttpPost? post, CancellationToken cancel)
    {
        hop.CheckName();
        using var request = new HttpRequestMessage(post is null ? HttpMethod.Get : HttpMethod.Post, hop.Url) { Version = HttpVersion.Version11 };
        if (post is not null)
        {
            request.Content = new ByteArrayContent(post.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", post.ContentType);
            request.Headers.TryAddWithoutValidation(post.Header, post.Value);
        }

        request.Options.Set(HttpHop.Key, hop);
        request.Headers.UserAgent.ParseAdd(UserAgent);
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        request.Headers.ConnectionClose = true;
        return await _http.SendAsync(request, cancel);
    }

    private async Task<HttpAnswer> ReadAsync(HttpResponseMessage response, HttpFetchLimits limits, CancellationToken cancel)
    {
        var body = await new HttpBody(response.Content, limits, _time).ReadAsync(cancel);

        // Whoever asked may take long over it, and this may be the thread that watches sockets.
        await Task.Yield();
        var phrase = PrintableText.Of(Encoding.UTF8.GetBytes(response.ReasonPhrase ?? ""), MaxPhraseChars);
        return new HttpAnswer(response.StatusCode, $"{(int)response.StatusCode} {phrase}".TrimEnd(), body);
    }

    /// <summary>Whether an answer names another place to ask.</summary>
    internal static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>What went wrong, for people.</summary>
    internal static string Describe(HttpRequestException fault) => fault switch
    {
        { InnerException: HttpFetchException inner } => inner.Message,
        { InnerException: SocketException inner } => inner.Message,
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "the server cannot prove who it is (TLS)",
        { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => $"the answer's headers exceed {MaxHeaderKilobytes} KiB",
        { HttpRequestError: HttpRequestError.ResponseEnded } => "the connection ended before the answer",
        { HttpRequestError: HttpRequestError.InvalidResponse } => "the answer is not HTTP",
        _ => "the connection failed",
    };
}
