using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Tests.Peers;

namespace BtFs.Engine.Tests.Network;

/// <summary>A proxy that says what it is told to say, whatever it hears. Each caller gets the same words, one for each message it sends.</summary>
internal sealed class ScriptedProxy : IAsyncDisposable
{
    private readonly Socket _listener = Loopback.Listen();
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[][] _words;
    private readonly Task _serving;

    /// <param name="words">An empty one hangs up; after the last it is silent.</param>
    internal ScriptedProxy(params byte[][] words)
    {
        _words = words;
        _serving = ServeAsync();
    }

    internal ProxyOptions Options => new(_listener.Address());

    /// <summary>What callers said, message by message.</summary>
    internal List<byte[]> Heard { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var open = new List<Socket>();
        try
        {
            while (true)
            {
                var caller = await _listener.AcceptAsync(_stop.Token);
                open.Add(caller);
                await AnswerAsync(caller);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        finally
        {
            open.ForEach(socket => socket.Dispose());
        }
    }

    private async Task AnswerAsync(Socket caller)
    {
        var buffer = new byte[1024];
        foreach (var word in _words)
        {
            var count = await caller.ReceiveAsync(buffer, _stop.Token);
            Heard.Add(buffer[..count]);
            if (word.Length == 0 || count == 0)
            {
                caller.Dispose();
                return;
            }

            await caller.SendAsync(word, _stop.Token);
        }
    }
}
