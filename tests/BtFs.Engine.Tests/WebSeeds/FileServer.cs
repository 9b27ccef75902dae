using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BtFs.Engine.Tests.WebSeeds;

/// <summary>A web server on 127.0.0.1 that has files, gives ranges of them over connections that stay, and misbehaves as it is told.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<AskedRange> _asked = [];
    private readonly List<Task> _connections = [];
    private readonly Dictionary<string, byte[]> _files = [];
    private readonly Task _running;
    private int _count;

    internal FileServer()
    {
        _listener.Start();
        _running = RunAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    internal Uri Root => new($"http://127.0.0.1:{Port}/");

    /// <summary>Answers instead of the files where it returns true; false gives what was asked for. What it throws ends the connection.</summary>
    internal Func<AskedRange, Stream, CancellationToken, Task<bool>> Answer { get; set; } = (_, _, _) => Task.FromResult(false);

    /// <summary>Connections that were made, ended ones too.</summary>
    internal int Connections
    {
        get
        {
            lock (_lock)
            {
                return _connections.Count;
            }
        }
    }

    internal IReadOnlyList<AskedRange> Asked
    {
        get
        {
            lock (_lock)
            {
                return [.. _asked];
            }
        }
    }

    internal FileServer With(string target, byte[] bytes)
    {
        _files[target] = bytes;
        return this;
    }

    internal byte[] FileAt(string target) => _files[target];

    internal static Task SayAsync(Stream stream, string headers, ReadOnlyMemory<byte> body = default) =>
        stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(headers.ReplaceLineEndings("\r\n") + "\r\n\r\n"), .. body.Span]).AsTask();

    /// <summary>The end of a connection, as the server's wish.</summary>
    internal static Task<bool> HangUp() => throw new IOException("The server hangs up.");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        Task[] connections;
        lock (_lock)
        {
            connections = [.. _connections];
        }

        await Task.WhenAll(connections);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                lock (_lock)
                {
                    _connections.Add(ServeAsync(client));
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            client.NoDelay = true;
            try
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.ASCII, leaveOpen: true);
                while (await ReadAsync(reader) is { } asked)
                {
                    if (!await Answer(asked, client.GetStream(), _stop.Token))
                    {
                        await GiveAsync(asked, client.GetStream());
                    }
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // Either side has had enough.
            }
        }
    }

    private async Task<AskedRange?> ReadAsync(StreamReader reader)
    {
        var lines = new List<string>();
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
        {
            lines.Add(line);
        }

        if (lines.Count == 0)
        {
            return null;
        }

        var range = lines.Find(line => line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))?["Range: bytes=".Length..].Split('-') ?? ["0", "-1"];
        lock (_lock)
        {
            var asked = new AskedRange(_count++, lines[0].Split(' ')[1], Number(range[0]), Number(range[1]), lines);
            _asked.Add(asked);
            return asked;
        }
    }

    private async Task GiveAsync(AskedRange asked, Stream stream)
    {
        if (!_files.TryGetValue(asked.Target, out var file))
        {
            await SayAsync(stream, "HTTP/1.1 404 Not Found\nContent-Length: 0");
            return;
        }

        await SayAsync(
            stream,
            $"HTTP/1.1 206 Partial Content\nContent-Range: bytes {asked.From}-{asked.To}/{file.Length}\nContent-Length: {asked.Length}",
            file.AsMemory((int)asked.From, (int)asked.Length));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
