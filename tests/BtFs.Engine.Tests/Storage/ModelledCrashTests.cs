using BtFs.Engine.Layout;
using BtFs.Engine.Storage;

namespace BtFs.Engine.Tests.Storage;

/// <summary>Ten thousand crashes of a kept cache, modelled.</summary>
public sealed class ModelledCrashTests : IDisposable
{
    private static readonly Guid BootAfterPowerCut = new(3, 0, 0, new byte[8]);

    private readonly StorageBench _bench = new();

    public ModelledCrashTests() => _bench.Shared = _bench.Shared with { IndexSlack = 300 };

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(5_000, 20, 40)]
    [InlineData(40_000, 8, 10)]
    public async Task A_kill_at_any_call_costs_no_piece_that_was_written_and_serves_no_wrong_byte(int pieceLength, int pieces, int runs)
    {
        var compactions = 0;
        for (var seed = 0; seed < runs; seed++)
        {
            var (torrent, run) = await LiveAsync(pieceLength, pieces, seed);
            compactions += run.Disk.CallsOf<DiskCall.Rename>();
            var random = new Random(seed);
            for (var state = 0; state < 100; state++)
            {
                var calls = random.Next(run.Disk.Calls + 1);
                await AssertSurvivesAsync(torrent, run.Disk.AfterKill(calls, random), StorageBench.FirstBoot, run.KeptByKill(calls), $"seed {seed}, call {calls}");
            }
        }

        Assert.InRange(compactions, runs / 2, int.MaxValue);
    }

    [Theory]
    [InlineData(5_000, 20, 40)]
    [InlineData(40_000, 8, 10)]
    public async Task A_power_cut_at_any_call_costs_no_piece_that_was_synchronized_and_serves_no_wrong_byte(int pieceLength, int pieces, int runs)
    {
        var kept = 0;
        for (var seed = 0; seed < runs; seed++)
        {
            var (torrent, run) = await LiveAsync(pieceLength, pieces, 1_000 + seed);
            var random = new Random(seed);
            for (var state = 0; state < 100; state++)
            {
                var calls = random.Next(run.Disk.Calls + 1);
                var must = run.KeptByPowerCut(calls);
                kept += must.Count;
                await AssertSurvivesAsync(torrent, run.Disk.AfterPowerCut(calls, random), BootAfterPowerCut, must, $"seed {seed}, call {calls}");
            }
        }

        Assert.InRange(kept, runs * 100, int.MaxValue);
    }

    private async Task<(SampleTorrent Torrent, ModelledRun Run)> LiveAsync(int pieceLength, int pieces, int seed)
    {
        var torrent = new SampleTorrent(pieceLength, pieceLength * (pieces - 1) + 123, seed);
        var run = new ModelledRun(_bench, torrent, seed);
        await run.LiveAsync(steps: 30);
        return (torrent, run);
    }

    private async Task AssertSurvivesAsync(SampleTorrent torrent, ModelDisk left, Guid boot, IReadOnlyCollection<PieceIndex> kept, string what)
    {
        var files = DiskFiles.In(left, keep: false);
        await using var store = await RangeStore.OpenAsync(files, torrent.Stored, _bench.Shared with { Boot = boot }, _bench.Lost.Enqueue);
        foreach (var piece in torrent.Pieces)
        {
            // Fails itself when a byte is wrong.
            var isHere = await StorageBench.ReadsRightAsync(store, torrent, torrent.Layout.Whole(piece));
            Assert.True(isHere || !kept.Contains(piece), $"{what}: lost piece {piece}");
        }
    }
}
