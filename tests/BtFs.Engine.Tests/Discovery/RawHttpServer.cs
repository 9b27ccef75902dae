using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BtFs.Engine.Tests.Discovery;

/// <summary>A web server on 127.0.0.1 that sends, to each connection in turn, the bytes that it was given.</summary>
internal sealed class RawHttpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _requests = [];
    private readonly Func<Stream, Task<Stream>> _secure;
    private readonly Task _running;

    private RawHttpServer(Func<Stream, Task<Stream>> secure, Func<int, Stream, CancellationToken, Task> answer)
    {
        _secure = secure;
        _listener.Start();
        _running = RunAsync(answer);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>First lines of the requests.</summary>
    public IReadOnlyList<string> Requests => [.. Heads.Select(head => head.Split("\r\n")[0])];

    /// <summary>The requests with all their headers.</summary>
    public IReadOnlyList<string> Heads
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public Uri Url(string path = "/announce", string scheme = "http") => new($"{scheme}://127.0.0.1:{Port}{path}");

    /// <summary>Sends each connection the next answer, and the last one again and again.</summary>
    public static RawHttpServer Answering(params byte[][] answers) =>
        Calling((number, stream, cancel) => stream.WriteAsync(answers[Math.Min(number, answers.Length - 1)], cancel).AsTask());

    public static RawHttpServer Calling(Func<int, Stream, CancellationToken, Task> answer, Func<Stream, Task<Stream>>? secure = null) =>
        new(secure ?? Task.FromResult, answer);

    public static byte[] Ok(ReadOnlySpan<byte> body, string headers = "") =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n{headers}\r\n"), .. body];

    public static byte[] Text(string answer) => Encoding.UTF8.GetBytes(answer.Replace("\n", "\r\n", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(Func<int, Stream, CancellationToken, Task> answer)
    {
        for (var number = 0; ; number++)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await using var stream = await _secure(client.GetStream());
                await ReadRequestAsync(stream);
                await answer(number, stream, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client has had enough.
            }
        }
    }

    private async Task ReadRequestAsync(Stream stream)
    {
        var request = new StringBuilder();
        var buffer = new byte[1];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, _stop.Token) > 0)
        {
            request.Append((char)buffer[0]);
        }

        lock (_requests)
        {
            _requests.Add(request.ToString());
        }
    }
}
