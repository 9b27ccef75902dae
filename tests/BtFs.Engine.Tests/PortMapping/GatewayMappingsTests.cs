using System.Net;
using BtFs.Engine.PortMapping;
using BtFs.Protocol.PortMapping;
using BtFs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.PortMapping;

/// <summary>The life of mappings, in virtual time.</summary>
public class GatewayMappingsTests
{
    private static readonly MappedPort Tcp = new(TransportProtocol.Tcp, 6881);
    private static readonly MappedPort Udp = new(TransportProtocol.Udp, 6882);

    private readonly ManualTimeProvider _time = new();
    private readonly List<(MappedPort Port, int? External)> _told = [];
    private Gateway? _gateway = new(IPAddress.Parse("192.168.1.1"), IPAddress.Parse("192.168.1.2"));

    [Fact]
    public async Task Ports_are_mapped_renewed_at_half_time_and_given_back()
    {
        var client = new ScriptedGateway(_time);
        await RunAsync([client], async () =>
        {
            await client.AskedAsync(2);
            Assert.Equal([(Tcp, 16881), (Udp, 16882)], _told.Select(told => (told.Port, told.External!.Value)));
            await PassAsync(TimeSpan.FromMinutes(29));
            Assert.Equal(2, client.Asked.Count);

            await PassAsync(TimeSpan.FromMinutes(2));
            await client.AskedAsync(4);

            // It asks for what it has.
            Assert.Equal([6881, 6882, 16881, 16882], client.Asked.Select(asked => (int)asked.Wanted));
        });

        Assert.Equal([(Tcp, 16881), (Udp, 16882)], client.GivenBack);
    }

    [Fact]
    public async Task The_protocols_are_tried_in_turn_and_all_again_later()
    {
        var silent = new ScriptedGateway(_time) { Refuses = true };
        var other = new ScriptedGateway(_time) { Refuses = true };
        await RunAsync([silent, other], async () =>
        {
            await other.AskedAsync(1);
            await PassAsync(PortMappingLimits.RetryAfter - TimeSpan.FromSeconds(30));
            Assert.Single(silent.Asked);
            other.Refuses = false;
            await PassAsync(TimeSpan.FromMinutes(1));
            await other.AskedAsync(3);
        });

        // Without a port, the other one is not asked for.
        Assert.Equal([Tcp, Tcp], silent.Asked.Select(asked => asked.Port));
        Assert.Empty(silent.GivenBack);
        Assert.Equal(2, other.GivenBack.Count);
    }

    [Fact]
    public async Task Another_address_of_ours_has_all_mapped_anew_within_seconds_and_no_gateway_is_waited_for()
    {
        var client = new ScriptedGateway(_time);
        await RunAsync([client], async () =>
        {
            await client.AskedAsync(2);
            _gateway = null;
            await PassAsync(TimeSpan.FromMinutes(1));
            Assert.Equal((Udp, (int?)null), _told[^1]);

            _gateway = new Gateway(IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2"));
            await PassAsync(PortMappingLimits.LookEvery * 2);
            await client.AskedAsync(4);
        });

        Assert.Equal(2, client.GivenBack.Count);
    }

    [Fact]
    public async Task A_renewal_that_fails_is_a_loss_and_everything_is_tried_again()
    {
        var client = new ScriptedGateway(_time);
        await RunAsync([client], async () =>
        {
            await client.AskedAsync(2);
            client.Refuses = true;
            await PassAsync(TimeSpan.FromMinutes(31));
            Assert.Contains((Tcp, (int?)null), _told);
            client.Refuses = false;
            await PassAsync(PortMappingLimits.RetryAfter + TimeSpan.FromMinutes(1));
            Assert.Equal((Udp, (int?)16882), _told[^1]);
        });
    }

    [Fact]
    public async Task A_gateway_that_was_started_anew_is_asked_for_everything_within_a_minute_and_what_it_gives_now_is_told()
    {
        var client = new ScriptedGateway(_time) { StartedAt = -1000 };
        await RunAsync([client], async () =>
        {
            await client.AskedAsync(2);
            await PassAsync(TimeSpan.FromMinutes(10));
            Assert.Equal(2, client.Asked.Count);

            // While it is down it does not answer, which alone is no loss.
            client.Refuses = true;
            await PassAsync(TimeSpan.FromMinutes(2));
            Assert.Equal(2, client.Asked.Count);
            client.Refuses = false;
            client.StartedAt = _time.GetElapsedTime(0).TotalSeconds - 30;
            client.Distance = 20_000;
            await PassAsync(PortMappingLimits.ReadClockEvery);

            Assert.Equal([6881, 6882, 16881, 16882], client.Asked.Select(asked => (int)asked.Wanted));
            Assert.Equal([(Tcp, (int?)26881), (Udp, (int?)26882)], _told.TakeLast(2));
            await PassAsync(TimeSpan.FromMinutes(10));
            Assert.Equal(4, client.Asked.Count);
        });

        Assert.Equal([(Tcp, 26881), (Udp, 26882)], client.GivenBack);
    }

    [Fact]
    public async Task A_gateway_without_a_clock_keeps_what_it_gave_until_half_time()
    {
        var client = new ScriptedGateway(_time);
        await RunAsync([client], async () =>
        {
            await client.AskedAsync(2);
            await PassAsync(TimeSpan.FromMinutes(20));
            Assert.Equal(2, client.Asked.Count);
            Assert.InRange(client.ClockRead, 19, 21);
        });
    }

    [Theory]
    [InlineData(1_000, 800, 1_698, false)]
    [InlineData(1_000, 800, 1_697, true)]
    [InlineData(1_000, 800, 1_900, false)]
    [InlineData(1_000, 0, 998, false)]
    [InlineData(1_000, 0, 997, true)]
    [InlineData(0, 60, 0, true)]
    public void A_clock_that_shows_less_than_it_must_has_begun_anew(uint before, int seconds, uint now, bool hasBegunAnew)
    {
        var epoch = new GatewayEpoch();
        Assert.False(epoch.HasBegunAnew(before, TimeSpan.FromHours(1)));
        Assert.Equal(hasBegunAnew, epoch.HasBegunAnew(now, TimeSpan.FromHours(1) + TimeSpan.FromSeconds(seconds)));
    }

    [Theory]
    [InlineData(0, 60)]
    [InlineData(600, 300)]
    [InlineData(1_000_000, 1800)]
    public async Task Lifetimes_are_believed_between_two_limits(int seconds, int renewedAfter)
    {
        var client = new ScriptedGateway(_time) { Lifetime = TimeSpan.FromSeconds(seconds) };
        await RunAsync([client], async () =>
        {
            await client.AskedAsync(2);
            await PassAsync(TimeSpan.FromSeconds(renewedAfter - 5));
            Assert.Equal(2, client.Asked.Count);
            await PassAsync(TimeSpan.FromSeconds(10));
            await client.AskedAsync(4);
        });
    }

    [Fact]
    public async Task A_gateway_that_does_not_answer_to_the_goodbye_keeps_nobody_waiting()
    {
        var client = new ScriptedGateway(_time) { HangsAtTheEnd = true };
        using var stop = new CancellationTokenSource();
        var running = Mappings([client]).RunAsync(stop.Token);
        await client.AskedAsync(2);
        await _time.UntilWaitedForAsync(PortMappingLimits.LookEvery);
        await stop.CancelAsync();
        await client.Hanging.Task;
        await _time.UntilWaitedForAsync(PortMappingLimits.GoodbyeWithin);
        _time.Advance(PortMappingLimits.GoodbyeWithin);

        await running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private GatewayMappings Mappings(IReadOnlyList<IGatewayClient> clients) =>
        new(() => _gateway, _ => clients, [Tcp, Udp], (port, grant) => _told.Add((port, grant?.External)), _time, NullLogger.Instance);

    private async Task RunAsync(IReadOnlyList<IGatewayClient> clients, Func<Task> meanwhile)
    {
        using var stop = new CancellationTokenSource();
        var running = Mappings(clients).RunAsync(stop.Token);
        await meanwhile();
        await _time.UntilWaitedForAsync(PortMappingLimits.LookEvery);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private async Task PassAsync(TimeSpan span)
    {
        for (var second = 0; second < span.TotalSeconds; second += 5)
        {
            await _time.UntilWaitedForAsync(PortMappingLimits.LookEvery).WaitAsync(TimeSpan.FromSeconds(30));
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        await _time.UntilWaitedForAsync(PortMappingLimits.LookEvery).WaitAsync(TimeSpan.FromSeconds(30));
    }
}
