using BtFs.Engine.Peers;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Peers;

public class PeerPulseTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly ManualTimeProvider _time = new();
    private readonly PeerPulse _pulse;
    private int _checks;

    public PeerPulseTests() => _pulse = new PeerPulse(_time, () => _checks++);

    [Fact]
    public void Silence_counts_from_the_moment_we_wait_to_receive()
    {
        _time.Advance(PeerLimits.IdleTimeout);
        Assert.False(_pulse.PeerIsSilent);

        _pulse.ReceiveBegins();
        _time.Advance(PeerLimits.IdleTimeout - Tick);
        Assert.False(_pulse.PeerIsSilent);
        _time.Advance(Tick);
        Assert.True(_pulse.PeerIsSilent);

        _pulse.ReceiveEnds();
        Assert.False(_pulse.PeerIsSilent);
    }

    [Fact]
    public void Deafness_counts_from_the_start_of_a_send()
    {
        _pulse.SendBegins();
        _time.Advance(PeerLimits.IdleTimeout - Tick);
        Assert.False(_pulse.PeerIsDeaf);
        _time.Advance(Tick);
        Assert.True(_pulse.PeerIsDeaf);

        _pulse.SendEnds();
        Assert.False(_pulse.PeerIsDeaf);
    }

    [Fact]
    public void A_keep_alive_is_due_100_s_after_the_last_send_and_once()
    {
        _pulse.SendBegins();
        _time.Advance(PeerLimits.KeepAliveAfter);
        _pulse.SendEnds();
        _time.Advance(PeerLimits.KeepAliveAfter - Tick);
        Assert.False(_pulse.TakeKeepAlive());
        _time.Advance(Tick);
        Assert.True(_pulse.TakeKeepAlive());
        Assert.False(_pulse.TakeKeepAlive());
    }

    [Fact]
    public void An_idle_connection_is_looked_at_no_oftener_than_something_may_be_due()
    {
        _pulse.ReceiveBegins();
        _pulse.CheckWithin(null);
        _time.Advance(PeerLimits.KeepAliveAfter - Tick);
        Assert.Equal(0, _checks);
        _time.Advance(Tick);
        Assert.Equal(1, _checks);

        Assert.True(_pulse.TakeKeepAlive());
        _pulse.CheckWithin(null);
        _time.Advance(PeerLimits.IdleTimeout - PeerLimits.KeepAliveAfter);
        Assert.Equal(2, _checks);
        Assert.True(_pulse.PeerIsSilent);
    }
}
