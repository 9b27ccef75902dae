using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Discovery;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Discovery;

public class HostLookupTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly TaskCompletionSource<IPAddress[]> _resolver = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly Task<IPAddress[]> _asking;

    public HostLookupTests() => _asking = new HostLookup(_clock, (_, _) => _resolver.Task).FindAsync("tracker.example", _cancel.Token);

    [Fact]
    public async Task A_name_server_that_does_not_answer_is_given_up_after_five_seconds()
    {
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(_asking.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.2));

        await Assert.ThrowsAsync<SocketException>(() => _asking);
    }

    [Fact]
    public async Task Whoever_gives_up_does_not_wait_for_the_name_server()
    {
        await _cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _asking);
    }
}
