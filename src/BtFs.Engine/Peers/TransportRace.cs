using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Network;
using BtFs.Engine.Peers.Transports;
using BtFs.Engine.Peers.Transports.Utp;

namespace BtFs.Engine.Peers;

/// <summary>Connects to a peer by TCP or uTP, whichever gets through first; TCP has a start, because it is the faster one.</summary>
/// <param name="utp">Null where there is no uTP.</param>
/// <param name="usesTcp">Whether TCP may be used.</param>
/// <param name="time">The clock.</param>
/// <param name="route">By which way peers are called.</param>
internal sealed class TransportRace(UtpEndpoint? utp, bool usesTcp, TimeProvider time, NetworkRoute route)
{
    /// <summary>How long TCP is tried alone: most who answer at all have answered by then.</summary>
    internal static readonly TimeSpan Start = TimeSpan.FromMilliseconds(250);

    /// <summary>The same where uTP is known to work: TCP has it easier to be first, but nobody waits for it.</summary>
    internal static readonly TimeSpan ShortStart = TimeSpan.FromMilliseconds(50);

    /// <summary>From calling by uTP to its connection at most.</summary>
    internal static readonly TimeSpan UtpTimeout = TimeSpan.FromSeconds(3);

    /// <summary>The same where TCP was refused: somebody is there, and answers as soon if there is uTP.</summary>
    internal static readonly TimeSpan UtpAfterRefusal = TimeSpan.FromMilliseconds(300);

    /// <summary>Whether there is uTP.</summary>
    internal bool HasUtp => utp is not null;

    /// <summary>Connects, or throws what TCP has to say.</summary>
    /// <param name="address">Whom to call.</param>
    /// <param name="way">How.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="SocketException">Nobody answers.</exception>
    /// <exception cref="BtFs.Protocol.ProtocolViolationException">The address is blocked, or the proxy refuses.</exception>
    internal async Task<IPeerTransport> ConnectAsync(IPEndPoint address, DialWay way, CancellationToken cancel)
    {
        if (utp is null || !utp.Port.Reaches(address))
        {
            return usesTcp && way != DialWay.UtpOnly ? await CallTcpAsync(address, cancel) : throw new SocketException((int)SocketError.NetworkUnreachable);
        }

        if (!usesTcp || way == DialWay.UtpOnly)
        {
            return await CallUtpAsync(address, cancel);
        }

        var began = time.GetTimestamp();
        using var loser = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var tcp = CallTcpAsync(address, loser.Token);
        await WaitForStartAsync(tcp, way == DialWay.Both ? ShortStart : Start, cancel);
        if (tcp.IsCompletedSuccessfully || cancel.IsCancellationRequested)
        {
            return await tcp;
        }

        if (tcp.IsFaulted)
        {
            loser.CancelAfter((3 * time.GetElapsedTime(began)) + UtpAfterRefusal);
        }

        return await FirstAsync(tcp, CallUtpAsync(address, loser.Token), loser, cancel);
    }

    /// <summary>How long to wait for a connection.</summary>
    /// <param name="direct">What is right without a proxy.</param>
    internal TimeSpan Patience(TimeSpan direct) => route.Patience(direct);

    private async Task WaitForStartAsync(Task tcp, TimeSpan start, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(tcp, Task.Delay(start, time, either.Token));

        // The timer, if TCP was sooner.
        await either.CancelAsync();
    }

    /// <summary>The one of two calls that gets through; the other is ended.</summary>
    private static async Task<IPeerTransport> FirstAsync(Task<IPeerTransport> tcp, Task<IPeerTransport> utp, CancellationTokenSource loser, CancellationToken cancel)
    {
        var first = await Task.WhenAny(tcp, utp);
        var other = first == tcp ? utp : tcp;
        if (!first.IsCompletedSuccessfully)
        {
            first = other;
            await Task.WhenAny(other);
        }

        if (!first.IsCompletedSuccessfully)
        {
            cancel.ThrowIfCancellationRequested();
            return await tcp;
        }

        await loser.CancelAsync();
        await Task.WhenAny(other);
        if (other != first && other.IsCompletedSuccessfully)
        {
            // Both at the same moment.
            (await other).Dispose();
        }

        return await first;
    }

    private async Task<IPeerTransport> CallTcpAsync(IPEndPoint address, CancellationToken cancel)
    {
        var socket = await route.ConnectAsync(address, cancel);
        try
        {
            return new TcpTransport(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPeerTransport> CallUtpAsync(IPEndPoint address, CancellationToken cancel)
    {
        using var deadline = new Deadline(UtpTimeout, time, cancel);
        try
        {
            return await utp!.ConnectAsync(address, deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }
}
