using System.Net;

namespace BtFs.EndToEnd.Swarm;

/// <summary>Answers HTTP on loopback: one file under every name but <c>missing</c>.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly byte[] _file;
    private readonly Task _serving;

    public WebServer(byte[] file)
    {
        _file = file;
        Address = new IPEndPoint(IPAddress.Loopback, FreePort.On(IPAddress.Loopback));
        _listener.Prefixes.Add($"http://{Address}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public IPEndPoint Address { get; }

    public string UrlOf(string name) => $"http://{Address}/{name}";

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var request = await _listener.GetContextAsync();
                using var response = request.Response;
                switch (request.Request.Url!.AbsolutePath)
                {
                    case "/missing":
                        response.StatusCode = (int)HttpStatusCode.NotFound;
                        break;
                    case "/moved":
                        response.Redirect(UrlOf("a.torrent"));
                        break;
                    default:
                        response.ContentLength64 = _file.Length;
                        await response.OutputStream.WriteAsync(_file);
                        break;
                }
            }
            catch (HttpListenerException)
            {
                // Stopped, or the client left.
            }
            catch (ObjectDisposedException)
            {
                // Stopped.
            }
        }
    }
}
