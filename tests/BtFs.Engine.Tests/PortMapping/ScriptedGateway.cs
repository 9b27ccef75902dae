using BtFs.Engine.PortMapping;
using BtFs.Testing;

namespace BtFs.Engine.Tests.PortMapping;

/// <summary>A gateway that gives each port with 10,000 more, unless told otherwise.</summary>
internal sealed class ScriptedGateway(ManualTimeProvider time) : IGatewayClient
{
    private const int Distance = 10_000;

    public string Name => "script";

    internal bool Refuses { get; set; }

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
