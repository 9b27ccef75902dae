using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Peers;

namespace BtFs.Engine.PortMapping;

/// <summary>A question to a gateway in one packet, repeated until its answer comes.</summary>
/// <param name="gateway">Whom.</param>
/// <param name="port">Its UDP port.</param>
/// <param name="maxBytes">Longest packet read.</param>
/// <param name="time">The clock.</param>
internal sealed class GatewayExchange(Gateway gateway, int port, int maxBytes, TimeProvider time)
{
    /// <summary>Asks.</summary>
    /// <param name="question">The packet.</param>
    /// <param name="read">Reads an answer; null where a packet is none.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="GatewayException">No answer came in time, or nobody is there.</exception>
    internal async Task<T> AskAsync<T>(byte[] question, Func<ReadOnlyMemory<byte>, T?> read, CancellationToken cancel)
        where T : class
    {
        using var socket = new Socket(gateway.Address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // From the address that is to be reached, and heard from nobody else.
            socket.Bind(new IPEndPoint(gateway.Local, 0));
            await socket.ConnectAsync(new IPEndPoint(gateway.Address, port), cancel);
            foreach (var patience in PortMappingLimits.Patience)
            {
                await socket.SendAsync(question, SocketFlags.None, cancel);
                if (await ReceiveAsync(socket, read, patience, cancel) is { } answer)
                {
                    return answer;
                }
            }
        }
        catch (SocketException e)
        {
            throw new GatewayException(e.Message, e);
        }

        throw new GatewayException("no answer");
    }

    private async Task<T?> ReceiveAsync<T>(Socket socket, Func<ReadOnlyMemory<byte>, T?> read, TimeSpan patience, CancellationToken cancel)
        where T : class
    {
        // One byte more than is read, so that a longer packet is seen to be one.
        var buffer = new byte[maxBytes + 1];
        using var deadline = new Deadline(patience, time, cancel);
        try
        {
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer, SocketFlags.None, deadline.Token);
                if (length <= maxBytes && read(buffer.AsMemory(0, length)) is { } answer)
                {
                    return answer;
                }
            }
        }
        catch (OperationCanceledException) when (deadline.HasPassed && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }
}
