using BtFs.Commands;
using BtFs.Engine;
using Microsoft.Extensions.Logging;

namespace BtFs.Running;

/// <summary>Sees to it that the way to the network is the one that was asked for, before anything uses it.</summary>
internal static class NetworkStart
{
    /// <summary>Reads the list of <c>--ip-filter</c>, checks <c>--proxy</c> and <c>--bind</c>, and says what follows from them.</summary>
    /// <exception cref="CommandException">It cannot be so.</exception>
    public static async Task<NetworkOptions> PrepareAsync(
        NetworkOptions wanted, string? ipFilter, ILoggerFactory logs, TimeProvider time, CancellationToken cancel)
    {
        var network = wanted.WithFilter(ipFilter);
        try
        {
            await TorrentEngine.CheckNetworkAsync(network, time, cancel);
        }
        catch (NetworkException e)
        {
            var subject = network.Proxy is { } proxy ? $"--proxy (socks5 at {proxy.Address})" : $"--bind={network.BindTo}";
            throw new CommandException(ExitCode.System, subject, e.Message, "Nothing was sent by any other way.");
        }

        var log = logs.CreateLogger(typeof(NetworkStart));
        foreach (var note in network.Notes())
        {
            Log.Network(log, note);
        }

        return network;
    }
}
