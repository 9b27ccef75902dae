using BtFs.Engine.PortMapping;
using BtFs.Testing;

namespace BtFs.Engine.Tests.PortMapping;

/// <summary>A gateway that gives each port with 10,000 more, unless told otherwise.</summary>
internal sealed class ScriptedGateway(ManualTimeProvider time) : IGatewayClient
{

    public string Name => "script";

    internal bool Refuses { get; set; }

    /// <summary>How far what it gives is from what we have.</summary>
    internal int Distance { get; set; } = 10_000;

    /// <summary>When it was started, as seconds of the test's clock; null where it has no clock of its own.</summary>
    internal double? StartedAt { get; set; }

    /// <summary>How often its clock was read.</summary>
    internal int ClockRead { get; private set; }

    internal bool HangsAtTheEnd { get; init; }

    internal TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    internal List<(MappedPort Port, ushort Wanted)> Asked { get; } = [];

    internal List<(MappedPort Port, int External)> GivenBack { get; } = [];

    internal TaskCompletionSource Hanging { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<PortGrant> MapAsync(MappedPort port, ushort wanted, CancellationToken cancel)
    {
        Asked.Add((port, wanted));
        return Refuses ? throw new GatewayException("it is told to") : Task.FromResult(new PortGrant((ushort)(port.Number + Distance), Lifetime, null));
    }

    public Task<uint?> ReadEpochAsync(CancellationToken cancel)
    {
        ClockRead++;
        return Refuses ? throw new GatewayException("it is told to") : Task.FromResult(StartedAt is { } at ? (uint?)(time.GetElapsedTime(0).TotalSeconds - at) : null);
    }

    public async Task UnmapAsync(MappedPort port, ushort external, CancellationToken cancel)
    {
        if (HangsAtTheEnd)
        {
            Hanging.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancel);
        }

        GivenBack.Add((port, external));
    }

    /// <summary>Completes when it was asked so often: all that can happen without time passing has happened.</summary>
    internal async Task AskedAsync(int count)
    {
        await time.UntilWaitedForAsync(PortMappingLimits.LookEvery).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(count, Asked.Count);
    }
}
