using BtFs.Engine.Storage.Limits;

namespace BtFs.Engine.Tests.Storage.Limits;

public sealed class CacheBudgetTests
{
    private const long Limit = 1000;

    private readonly ModelCacheDirectory _directory = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whoever_writes_leaves_stops_or_is_killed_the_cache_never_takes_more_than_its_limit(int seed)
    {
        var random = new Random(seed);
        for (var life = 0; life < 40; life++)
        {
            var directory = new ModelCacheDirectory();
            for (var step = 0; step < 300; step++)
            {
                await StepAsync(directory, random);
                Assert.True(directory.BytesOfCache <= Limit, $"{directory.BytesOfCache} bytes at step {step} of life {life}.");
            }

            foreach (var process in directory.Processes.ToList())
            {
                await process.LeaveAsync(keep: false);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Two_who_claim_at_once_do_not_both_get_what_is_left(int stepsBefore)
    {
        var (one, two) = (Join(), Join());
        Assert.True(await one.WriteAsync(400));
        Assert.True(await two.WriteAsync(400));
        one.InUse = two.InUse = 1;
        var others = new List<ValueTask<bool>>();
        var steps = 0;
        one.Ledger.Step = () =>
        {
            if (steps++ == stepsBefore)
            {
                others.Add(two.WriteAsync(150));
            }
        };

        var got = await one.WriteAsync(150);
        Assert.False(await Assert.Single(others) && got);
        Assert.True(_directory.BytesOfCache <= Limit);
    }

    [Fact]
    public async Task Who_is_refused_over_and_over_gets_room_soon_after_there_is_some()
    {
        _directory.Idle = _directory.Pinned = 900;
        var process = Join();
        Assert.True(await process.WriteAsync(50));
        process.InUse = 1;
        Assert.False(await process.WriteAsync(60));
        _directory.Pinned = 0;

        var got = false;
        for (var i = 0; i < 50 && !got; i++)
        {
            process.Time.Advance(TimeSpan.FromMilliseconds(10));
            got = await process.WriteAsync(60);
        }

        Assert.True(got);
    }

    [Fact]
    public async Task What_a_process_leaves_on_the_disk_while_it_goes_on_still_counts_for_all()
    {
        var (one, two) = (Join(), Join());
        Assert.True(await one.WriteAsync(600));
        Assert.True(await two.WriteAsync(10));
        _directory.Processes.Remove(one);
        _directory.Idle = _directory.Pinned = 600;
        one.Budget.Leave(one);

        for (var i = 0; i < 100; i++)
        {
            await two.WriteAsync(10);
        }

        Assert.InRange(_directory.BytesOfCache, 0.85 * Limit, Limit);
    }

    [Fact]
    public async Task A_process_alone_uses_the_whole_limit_and_goes_on_writing()
    {
        var process = Join();
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(await process.WriteAsync(7));
            Assert.True(i < 150 || _directory.BytesOfCache > 0.85 * Limit);
        }
    }

    [Fact]
    public async Task One_who_comes_later_gets_its_share_from_one_who_has_all()
    {
        var first = await FullAsync();
        var second = Join();
        for (var look = 0; look < 3; look++)
        {
            for (var i = 0; i < 100; i++)
            {
                await second.WriteAsync(10);
            }

            await first.Budget.LookAroundAsync();
        }

        for (var i = 0; i < 100; i++)
        {
            await second.WriteAsync(10);
        }

        Assert.InRange(second.OnDisk, 0.4 * Limit, 0.6 * Limit);
        Assert.InRange(first.OnDisk, 0.4 * Limit, 0.6 * Limit);
    }

    [Fact]
    public async Task One_who_is_stopped_keeps_what_it_has_and_holds_nobody_up()
    {
        var stopped = await FullAsync();
        await stopped.EvictAsync(300);
        var other = Join();
        var had = stopped.OnDisk;
        for (var i = 0; i < 100; i++)
        {
            other.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(await other.WriteAsync(10));
        }

        Assert.Equal(had, stopped.OnDisk);
        Assert.InRange(other.OnDisk, 200, Limit - had);
    }

    [Fact]
    public async Task The_share_of_one_who_was_killed_comes_back()
    {
        var killed = await FullAsync();
        var other = Join();
        killed.Die();
        for (var i = 0; i < 200; i++)
        {
            Assert.True(await other.WriteAsync(10));
        }

        Assert.InRange(other.OnDisk, 0.85 * Limit, Limit);
        Assert.Equal(0, _directory.Idle);
    }

    [Fact]
    public async Task What_nobody_has_mounted_goes_before_what_somebody_has()
    {
        _directory.Idle = 600;
        var process = Join();
        for (var i = 0; i < 38; i++)
        {
            Assert.True(await process.WriteAsync(10));
        }

        Assert.Equal(380, process.OnDisk);
        Assert.InRange(_directory.Idle, 1, 590);
    }

    [Fact]
    public async Task What_is_pinned_stays_and_counts()
    {
        _directory.Idle = _directory.Pinned = 700;
        var process = Join();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(await process.WriteAsync(10));
        }

        Assert.Equal(700, _directory.Idle);
        Assert.InRange(process.OnDisk, 150, 300);
    }

    [Fact]
    public async Task A_torrent_that_was_kept_under_a_greater_limit_shrinks_to_the_new_one()
    {
        _directory.Idle = 5000;
        var process = new ModelProcess(_directory, Options(), left: 5000);
        await process.Budget.LookAroundAsync();

        Assert.InRange(_directory.BytesOfCache, 0, Limit);
    }

    [Fact]
    public async Task A_disk_that_others_fill_gets_the_cache_back_down_to_the_floor()
    {
        var process = new ModelProcess(_directory, Options() with { CacheMinFree = DiskShare.OfFileSystem(0.1) });
        for (var i = 0; i < 90; i++)
        {
            Assert.True(await process.WriteAsync(10));
        }

        _directory.Strangers = ModelCacheDirectory.DiskLength - 1000 - 500;
        await process.Budget.LookAroundAsync();
        Assert.InRange(_directory.Space().Available, 1000, 1010);

        _directory.Strangers = ModelCacheDirectory.DiskLength - 100;
        await process.Budget.LookAroundAsync();
        Assert.Equal(0, process.OnDisk);
        Assert.False(await process.WriteAsync(10));

        _directory.Strangers = 0;
        Assert.True(await process.WriteAsync(10));
    }

    [Fact]
    public async Task What_is_reserved_and_not_yet_written_counts_against_the_floor_too()
    {
        _directory.Strangers = ModelCacheDirectory.DiskLength - 150;
        var process = new ModelProcess(_directory, Options() with { CacheMinFree = DiskShare.OfBytes(100) });

        Assert.True(await process.Budget.TryReserveAsync(30));
        Assert.False(await process.Budget.TryReserveAsync(30));
    }

    [Fact]
    public async Task What_is_fetched_for_nobody_has_no_room_where_something_would_have_to_go_for_it()
    {
        var process = Join();
        Assert.True(await process.WriteAsync(600));
        Assert.Equal(300, process.Budget.Room);

        Assert.True(await process.WriteAsync(300));
        Assert.Equal(0, process.Budget.Room);
    }

    private static async Task StepAsync(ModelCacheDirectory directory, Random random)
    {
        if (directory.Processes.Count == 0 || random.Next(40) == 0)
        {
            var left = random.Next(3) == 0 ? directory.Idle / 2 : 0;
            _ = new ModelProcess(directory, Options(), left);
            return;
        }

        var process = directory.Processes[random.Next(directory.Processes.Count)];
        switch (random.Next(30))
        {
            case 0:
                process.Die();
                break;
            case 1:
                await process.LeaveAsync(keep: random.Next(2) == 0);
                break;
            case 2:
                // Killed after it had reserved and before it had written.
                await process.Budget.TryReserveAsync(random.Next(1, 200));
                process.Die();
                break;
            case 3 or 4:
                await process.Budget.LookAroundAsync();
                break;
            case 5:
                process.InUse = random.Next(0, 5);
                break;
            default:
                process.Time.Advance(TimeSpan.FromMilliseconds(random.Next(200)));
                await process.WriteAsync(random.Next(1, 120));
                break;
        }
    }

    private static EngineOptions Options() =>
        new() { CacheDirectory = "unused", CacheLimit = DiskShare.OfBytes(Limit), CacheMinFree = DiskShare.OfBytes(0) };

    private ModelProcess Join() => new(_directory, Options());

    private async Task<ModelProcess> FullAsync()
    {
        var process = Join();
        for (var i = 0; i < 200; i++)
        {
            Assert.True(await process.WriteAsync(10));
        }

        return process;
    }
}
