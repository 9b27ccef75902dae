using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BtFs.Engine.Tests.PortMapping;

/// <summary>The web server of a gateway on 127.0.0.1: each request, with its body, gets the answer of a script.</summary>
internal sealed class UpnpStub : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, string> _answer;
    private readonly Task _running;

    internal UpnpStub(Func<string, string> answer)
    {
        _answer = answer;
        _listener.Start();
        _running = RunAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await using var stream = client.GetStream();
                var body = _answer(await ReadAsync(stream));
                await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"), _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<string> ReadAsync(NetworkStream stream)
    {
        var request = new StringBuilder();
        var buffer = new byte[1];
        while (!IsWhole(request.ToString()) && await stream.ReadAsync(buffer, _stop.Token) > 0)
        {
            request.Append((char)buffer[0]);
        }

        return request.ToString();
    }

    private static bool IsWhole(string request)
    {
        const string Length = "Content-Length: ";
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        var at = request.IndexOf(Length, StringComparison.Ordinal);
        var length = at < 0 ? 0 : int.Parse(request[(at + Length.Length)..].Split('\r')[0], CultureInfo.InvariantCulture);
        return request.Length >= end + 4 + length;
    }
}
