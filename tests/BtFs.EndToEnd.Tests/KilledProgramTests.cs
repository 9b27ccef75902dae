using System.Diagnostics;
using Xunit.Abstractions;

namespace BtFs.EndToEnd;

/// <summary>The program is killed at its writes, syncs and renames, and started again on what it left. <c>BTFS_KILLS=500</c> does it that often.</summary>
public sealed class KilledProgramTests(ITestOutputHelper output) : IDisposable
{
    private const string Name = "film.bin";
    private const int PieceLength = 64 << 10;
    private const int Pieces = 512;

    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(5);

    /// <summary>Between two pieces: a line of some 200 Mbit/s, not one without a limit.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    // What of the program is its last call, and among how many of them one is drawn; nothing: whatever it does when the time comes.
    private static readonly (string Calls, int Among)[] LastCalls =
        [("", 0), ("pwrite64", 40), ("pwrite64,ftruncate,fallocate", 20), ("fdatasync,fsync", 3), ("pwrite64,fdatasync,fsync,renameat,renameat2,unlinkat", 20)];

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(4);
    private readonly byte[] _content = new byte[Pieces * PieceLength];
    private int _kills;
    private int _killsAtCalls;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_program_killed_at_any_moment_has_what_it_had_when_it_is_started_again()
    {
        var torrent = TorrentFixture.MakeSingle(_folder, Name, PieceLength, new FileShape(Name, Pieces * PieceLength));
        (await File.ReadAllBytesAsync(torrent.Disk(0))).CopyTo(_content, 0);
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        var cache = new KeptCache(torrent, _folder.At("cache"));
        var had = new HashSet<int>();
        var (verified, lost, slowest) = (0, 0, TimeSpan.Zero);
        for (var round = 0; _kills < Rounds.Of("BTFS_KILLS", usually: 6); round++)
        {
            had.UnionWith(await LiveAndDieAsync(torrent, seed, cache));
            var copy = await cache.CopyAsync(_folder.At($"copy-{round}"));
            var since = Stopwatch.StartNew();
            await using (var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address), copy.Options))
            {
                slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, since.Elapsed.Ticks));
                var fetched = await copy.CompareAsync(mount, seed);
                verified += had.Count;
                lost += had.Count(fetched.Contains);
                had.ExceptWith(fetched);
            }

            copy.Remove();
            if (had.Count > Pieces * 3 / 4)
            {
                cache.Remove();
                had.Clear();
            }
            else if (_random.Next(4) == 0 && File.Exists(cache.Data))
            {
                had.ExceptWith(cache.Flip(places: 8, _random));
            }
        }

        output.WriteLine($"{_kills} kills, {_killsAtCalls} of them at a call; {verified} pieces were here at a kill, {lost} of them were fetched again; ready after {slowest.TotalSeconds:F2} s at most.");
        Assert.InRange(slowest, TimeSpan.Zero, ReadyWithin);
        Assert.InRange(lost, 0, Math.Max(verified / 100, 1));
    }

    /// <summary>Mounts, reads some of the film, and has the program killed meanwhile or while it unmounts.</summary>
    /// <returns>The pieces that were read.</returns>
    private async Task<IReadOnlySet<int>> LiveAndDieAsync(TorrentFixture torrent, LibtorrentSeed seed, KeptCache cache)
    {
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address), cache.Options);
        var (calls, among) = LastCalls[_random.Next(LastCalls.Length)];
        await using var injection = among == 0 ? null : await Injection.IntoAsync(mount.Pid, calls, $"signal=KILL:when={1 + _random.Next(among)}");
        var read = new HashSet<int>();
        try
        {
            await ReadAsync(mount, _random.Next(Pieces), _random.Next(8, Pieces / 2), read);
            if (among > 0)
            {
                Signals.Send(mount.Pid, Signals.Terminate);
                await Eventually.TrueAsync("it ends", TimeSpan.FromSeconds(10), () => mount.HasEnded);
            }
        }
        catch (IOException)
        {
            // It was killed while we read.
        }

        var wasAlive = Signals.IsAlive(mount.Pid);
        await mount.KillAsync();
        var isKill = mount.ExitCode != 0;
        _kills += isKill ? 1 : 0;
        _killsAtCalls += isKill && !wasAlive ? 1 : 0;
        return read;
    }

    private async Task ReadAsync(BtfsMount mount, int first, int count, HashSet<int> read)
    {
        using var film = File.OpenHandle(mount.At(Name));
        var bytes = new byte[PieceLength];
        for (var piece = first; piece < Math.Min(first + count, Pieces); piece++)
        {
            var length = await RandomAccess.ReadAsync(film, bytes, (long)piece * PieceLength);
            Assert.Equal(PieceLength, length);
            Assert.True(bytes.AsSpan().SequenceEqual(_content.AsSpan(piece * PieceLength, PieceLength)), $"Piece {piece} reads wrong.");
            read.Add(piece);
            await Task.Delay(Pace);
        }
    }
}
