using BtFs.Engine.Peers;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.PortMapping;

/// <summary>Has a gateway map our ports for as long as it runs: finds it, asks it, renews at half-time, and begins anew where it is another one.</summary>
/// <remarks>
/// <code>
/// Looking ─a gateway→ Asking ─granted→ Holding ─half-time, or it began anew: granted→ Holding
///    ↑                  │                 │
///    └──refused, later──┴──refused, or other addresses──┘          stopped: everything is given back
/// </code>
/// Each state is a stretch of <see cref="RunAsync"/>.
/// </remarks>
internal sealed class GatewayMappings
{
    private readonly Func<Gateway?> _find;
    private readonly Func<Gateway, IReadOnlyList<IGatewayClient>> _clients;
    private readonly IReadOnlyList<MappedPort> _ports;
    private readonly Action<MappedPort, PortGrant?> _report;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Dictionary<MappedPort, PortGrant> _held = [];

    /// <param name="find">The gateway as things stand; null where there is none.</param>
    /// <param name="clients">The ways to ask one, in the order to try them.</param>
    /// <param name="ports">What to ask for.</param>
    /// <param name="report">Hears what was given; null when it is lost. On any thread.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to write.</param>
    internal GatewayMappings(
        Func<Gateway?> find,
        Func<Gateway, IReadOnlyList<IGatewayClient>> clients,
        IReadOnlyList<MappedPort> ports,
        Action<MappedPort, PortGrant?> report,
        TimeProvider time,
        ILogger log)
    {
        _find = find;
        _clients = clients;
        _ports = ports;
        _report = report;
        _time = time;
        _log = log;
    }

    /// <summary>Runs until stopped, and then gives everything back, within <see cref="PortMappingLimits.GoodbyeWithin"/>.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (_find() is not { } gateway)
            {
                await WaitAsync(PortMappingLimits.LookEvery, gateway: null, stop);
            }
            else if (await AskAsync(gateway, stop) is { } client)
            {
                await HoldAsync(gateway, client, stop);
            }
            else if (!stop.IsCancellationRequested)
            {
                PortMappingLog.Nothing(_log, gateway.Address);
                await WaitAsync(PortMappingLimits.RetryAfter, gateway, stop);
            }
        }
    }

    /// <summary>Asks by each protocol in turn, until one gives a port.</summary>
    private async Task<IGatewayClient?> AskAsync(Gateway gateway, CancellationToken stop)
    {
        foreach (var client in _clients(gateway))
        {
            if (await MapAsync(gateway, client, stop))
            {
                return client;
            }
        }

        return null;
    }

    private async Task HoldAsync(Gateway gateway, IGatewayClient client, CancellationToken stop)
    {
        do
        {
            var lifetime = _held.Values.Min(grant => grant.Lifetime);
            lifetime = lifetime < PortMappingLimits.ShortestLifetime ? PortMappingLimits.ShortestLifetime : lifetime;
            var half = (lifetime > PortMappingLimits.Lifetime ? PortMappingLimits.Lifetime : lifetime) / 2;
            if (!await KeepAsync(half, gateway, client, stop))
            {
                break;
            }
        }
        while (await MapAsync(gateway, client, stop));

        if (stop.IsCancellationRequested)
        {
            await GiveBackAsync(gateway, client);
            _held.Clear();
            return;
        }

        foreach (var port in _held.Keys.ToList())
        {
            Lose(port);
        }
    }

    /// <summary>Waits until what is held is to be asked for again: after a span, or sooner where the gateway has forgotten it.</summary>
    /// <returns>False when the gateway is not the one any more, or we are to stop.</returns>
    private async Task<bool> KeepAsync(TimeSpan span, Gateway gateway, IGatewayClient client, CancellationToken stop)
    {
        var started = _time.GetTimestamp();
        var epoch = new GatewayEpoch();
        while (span - _time.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
        {
            if (await HasBegunAnewAsync(gateway, client, epoch, stop))
            {
                return true;
            }

            if (!await WaitAsync(left < PortMappingLimits.ReadClockEvery ? left : PortMappingLimits.ReadClockEvery, gateway, stop))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> HasBegunAnewAsync(Gateway gateway, IGatewayClient client, GatewayEpoch epoch, CancellationToken stop)
    {
        try
        {
            if (await client.ReadEpochAsync(stop) is { } seconds && epoch.HasBegunAnew(seconds, _time.GetElapsedTime(0)))
            {
                PortMappingLog.BegunAnew(_log, gateway.Address);
                return true;
            }
        }
        catch (GatewayException)
        {
            // Perhaps it is being started right now: the next look tells.
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The wait that follows ends at once.
        }

        return false;
    }

    /// <returns>Whether any port was given: a gateway that gives one and not the other will do.</returns>
    private async Task<bool> MapAsync(Gateway gateway, IGatewayClient client, CancellationToken stop)
    {
        var areAny = false;
        foreach (var port in _ports)
        {
            try
            {
                var grant = await client.MapAsync(port, _held.GetValueOrDefault(port)?.External ?? port.Number, stop);
                areAny = true;
                if (_held.GetValueOrDefault(port)?.External != grant.External)
                {
                    PortMappingLog.Mapped(_log, gateway.Address, port.Protocol, port.Number, grant.External, client.Name);
                }

                _held[port] = grant;
                _report(port, grant);
            }
            catch (GatewayException e)
            {
                PortMappingLog.Refused(_log, gateway.Address, port.Protocol, client.Name, e.Message);
                Lose(port);
                if (!areAny)
                {
                    // It will have no other port either.
                    return false;
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return _held.Count > 0;
            }
        }

        return areAny;
    }

    private void Lose(MappedPort port)
    {
        if (_held.Remove(port))
        {
            _report(port, null);
        }
    }

    private async Task GiveBackAsync(Gateway gateway, IGatewayClient client)
    {
        using var deadline = new Deadline(PortMappingLimits.GoodbyeWithin, _time, CancellationToken.None);
        foreach (var (port, grant) in _held)
        {
            try
            {
                await client.UnmapAsync(port, grant.External, deadline.Token);
            }
            catch (GatewayException e)
            {
                PortMappingLog.NotGivenBack(_log, gateway.Address, e.Message);
            }
            catch (OperationCanceledException) when (deadline.HasPassed)
            {
                PortMappingLog.NotGivenBack(_log, gateway.Address, "no answer in time");
                return;
            }
        }
    }

    /// <summary>Waits, and looks now and then whether the gateway is still the one.</summary>
    /// <returns>False when it is not, or we are to stop.</returns>
    private async Task<bool> WaitAsync(TimeSpan span, Gateway? gateway, CancellationToken stop)
    {
        var started = _time.GetTimestamp();
        try
        {
            for (var left = span; left > TimeSpan.Zero; left = span - _time.GetElapsedTime(started))
            {
                await Task.Delay(left < PortMappingLimits.LookEvery ? left : PortMappingLimits.LookEvery, _time, stop);
                if (_find() != gateway)
                {
                    return false;
                }
            }

            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
