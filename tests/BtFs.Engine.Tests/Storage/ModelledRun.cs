using BtFs.Engine.Layout;
using BtFs.Engine.Storage;

namespace BtFs.Engine.Tests.Storage;

/// <summary>A seeded life of a kept cache on a <see cref="ModelDisk"/>, with what must be there after a crash at any of its calls.</summary>
internal sealed class ModelledRun
{
    private readonly StorageBench _bench;
    private readonly SampleTorrent _torrent;
    private readonly Random _random;
    private readonly HashSet<PieceIndex> _here = [];
    private readonly List<Moment> _moments = [new(0, [])];
    private RangeStore? _store;

    internal ModelledRun(StorageBench bench, SampleTorrent torrent, int seed)
    {
        _bench = bench;
        _torrent = torrent;
        _random = new Random(seed);
    }

    internal ModelDisk Disk { get; } = new();

    /// <summary>Pieces come, are damaged, looked at, brought to the disk; the cache is closed and opened again, also after a restart of the machine.</summary>
    internal async Task LiveAsync(int steps)
    {
        await OpenAsync();
        for (var step = 0; step < steps; step++)
        {
            switch (_random.Next(20))
            {
                case < 11: await AddAsync(); break;
                case < 15: await DamageAsync(); break;
                case < 17: await SynchronizeAsync(); break;
                case 17: Disk.FailSynchronizing(1); await SynchronizeAsync(); break;
                case 18: await StorageBench.CountReadableAsync(_store!, _torrent); break;
                default: await CloseAsync(); await OpenAsync(); break;
            }
        }

        await CloseAsync();
    }

    /// <summary>The pieces that a kill after so many calls must not cost.</summary>
    internal IReadOnlyCollection<PieceIndex> KeptByKill(int calls) => Kept(calls, calls);

    /// <summary>The pieces that a power cut after so many calls must not cost.</summary>
    internal IReadOnlyCollection<PieceIndex> KeptByPowerCut(int calls) => Kept(Disk.SafeAfter(calls), calls);

    // What was there then, and has not begun to go since.
    private HashSet<PieceIndex> Kept(int then, int now)
    {
        var from = _moments.FindLastIndex(moment => moment.Calls <= then);
        var until = _moments.FindIndex(moment => moment.Calls > now);
        HashSet<PieceIndex> kept = [.. _moments[from].Here];
        foreach (var moment in _moments.Take(until < 0 ? _moments.Count : until + 1).Skip(from))
        {
            kept.IntersectWith(moment.Here);
        }

        return kept;
    }

    private async Task OpenAsync() =>
        _store = await RangeStore.OpenAsync(
            DiskFiles.In(Disk, keep: true), _torrent.Stored, _bench.Shared with { Boot = RandomBoot() }, _bench.Lost.Enqueue);

    private Guid RandomBoot() => _random.Next(3) == 0 ? StorageBench.NextBoot : StorageBench.FirstBoot;

    private async Task CloseAsync()
    {
        await _store!.DisposeAsync();
        _store = null;
        Note();
    }

    private async Task AddAsync()
    {
        var added = _torrent.Pieces.Where(_ => _random.Next(5) == 0).Where(piece => !_here.Contains(piece)).ToList();
        foreach (var piece in added)
        {
            _store!.Add(_torrent.Range(piece, _bench.Shared.Buffers));
        }

        _bench.ForgetMemory(_store!);
        foreach (var piece in added)
        {
            // A disk that failed is left alone for a while.
            if (await StorageBench.ReadsRightAsync(_store!, _torrent, _torrent.Layout.Whole(piece)))
            {
                _here.Add(piece);
            }
        }

        Note();
    }

    /// <summary>The way of an eviction, the other way round: first the hole, then the record that the piece is gone.</summary>
    private async Task DamageAsync()
    {
        if (_here.Count == 0)
        {
            return;
        }

        var piece = _here.ElementAt(_random.Next(_here.Count));
        _here.Remove(piece);
        Note();
        await Disk.Open("data").WriteAsync(new byte[_torrent.Layout.LengthOf(piece)], _torrent.Layout.StartOf(piece));
        Assert.False(await StorageBench.ReadsRightAsync(_store!, _torrent, _torrent.Layout.Whole(piece)));
        Note();
    }

    private async Task SynchronizeAsync()
    {
        var had = _here.Count;
        await AddAsync();
        if (_here.Count > had)
        {
            var (called, failed) = (Disk.CallsOf<DiskCall.SynchronizeFile>(), Disk.Failed);
            _bench.Time.Advance(CacheUpkeep.SynchronizeEvery);
            Eventually.True(() => Disk.CallsOf<DiskCall.SynchronizeFile>() >= called + 2 || Disk.Failed > failed);
        }
    }

    private void Note() => _moments.Add(new Moment(Disk.Calls, [.. _here]));

    /// <summary>How things stood after so many calls.</summary>
    private sealed record Moment(int Calls, HashSet<PieceIndex> Here);
}
