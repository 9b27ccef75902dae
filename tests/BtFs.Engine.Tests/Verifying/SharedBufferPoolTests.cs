using BtFs.Engine.Verifying;

namespace BtFs.Engine.Tests.Verifying;

public sealed class SharedBufferPoolTests : IDisposable
{
    private readonly SharedBufferPool _pool = new(idleLimit: 100);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Memory_counts_as_live_until_its_last_holder_lets_go()
    {
        var buffer = _pool.Rent(60);
        Assert.True(buffer.TryHold());
        buffer.Release();
        Assert.Equal(60, _pool.LiveBytes);

        buffer.Release();
        Assert.Equal((0, 60), (_pool.LiveBytes, _pool.IdleBytes));
    }

    [Fact]
    public unsafe void Idle_memory_is_used_again_for_the_same_length_only()
    {
        var first = _pool.Rent(60);
        var address = (nint)first.Address;
        first.Release();

        var other = _pool.Rent(59);
        Assert.Equal(60, _pool.IdleBytes);
        var again = _pool.Rent(60);
        Assert.Equal((address, 0L), ((nint)again.Address, _pool.IdleBytes));
        other.Release();
        again.Release();
    }

    [Fact]
    public void A_reference_kept_too_long_finds_the_buffer_dead_even_when_its_memory_lives_again()
    {
        var dead = _pool.Rent(60);
        dead.Release();
        var alive = _pool.Rent(60);

        Assert.False(dead.TryHold());
        alive.Release();
    }

    [Fact]
    public void No_more_lies_idle_than_the_limit_and_lengths_no_longer_used_give_way()
    {
        _pool.Rent(70).Release();
        var (first, second, third) = (_pool.Rent(50), _pool.Rent(50), _pool.Rent(50));
        first.Release();
        Assert.Equal(50, _pool.IdleBytes);
        second.Release();
        third.Release();
        Assert.Equal((100, 0), (_pool.IdleBytes, _pool.LiveBytes));
        _pool.Rent(101).Release();
        Assert.Equal(100, _pool.IdleBytes);
    }

    [Fact]
    public void Giving_back_a_hold_twice_is_noticed()
    {
        var buffer = _pool.Rent(1);
        buffer.Release();
        Assert.Throws<InvalidOperationException>(buffer.Release);
    }

    [Fact]
    public void A_closed_pool_keeps_nothing_of_what_comes_back()
    {
        var buffer = _pool.Rent(60);
        _pool.Dispose();
        buffer.Release();
        Assert.Equal((0, 0), (_pool.LiveBytes, _pool.IdleBytes));
    }
}
