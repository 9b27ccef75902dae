using BtFs.Engine.Storage;
using BtFs.Engine.Storage.Limits;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.Tests.Storage.Limits;

public sealed class CacheLedgerTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("btfs-ledger-").FullName;
    private readonly SafeFileHandle _folder;

    public CacheLedgerTests() => _folder = Posix.TryOpenFolder(_path)!;

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    [Fact]
    public void Each_sees_what_the_others_claim_and_not_its_own()
    {
        using var one = Open();
        using var two = Open();
        using var three = Open();
        one.Claim(100, 0);
        two.Claim(20, 7);

        Assert.Equal((20, 100, 120), (one.Others().Bytes, two.Others().Bytes, three.Others().Bytes));
        Assert.Equal([new LedgerClaim(100, 0), new LedgerClaim(20, 7)], three.Living());
    }

    [Fact]
    public void A_claim_of_the_dead_stands_until_it_is_ended_and_ending_it_is_told()
    {
        using var living = Open();
        DieHolding(500);
        var before = living.Others();
        Assert.Equal(500, before.Bytes);

        Assert.Empty(living.Living());
        Assert.Equal(0, living.Others().Bytes);
        Assert.NotEqual(before.IdleVersion, living.Others().IdleVersion);
    }

    [Fact]
    public void Who_takes_the_place_of_the_dead_tells_that_their_claim_is_over()
    {
        DieHolding(500);
        using var heir = Open();
        Assert.Equal(0, heir.Others().Bytes);
        using var other = Open();
        Assert.Equal(0, other.Others().Bytes);
        Assert.NotEqual(0, other.Others().IdleVersion);
    }

    [Fact]
    public void The_last_one_to_leave_removes_the_file()
    {
        var one = Open();
        var two = Open();
        one.Claim(5, 0);
        one.Dispose();
        Assert.Equal(0, two.Others().Bytes);
        Assert.Equal(["ledger"], Names());

        two.Dispose();
        Assert.Empty(Names());
    }

    [Fact]
    public void Many_who_come_and_go_at_once_never_share_a_place_nor_leave_the_file_behind()
    {
        Assert.All(
            Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Select(worker =>
            {
                var random = new Random(worker);
                for (var round = 0; round < 60; round++)
                {
                    if (CacheLedger.TryOpen(_folder) is not { } ledger)
                    {
                        continue;
                    }

                    ledger.Claim(random.Next(1, 100), 0);
                    if (ledger.Others().Bytes > 7 * 100)
                    {
                        return false;
                    }

                    ledger.Dispose();
                }

                return true;
            }).ToList(),
            Assert.True);

        using (Open())
        {
        }

        Assert.Empty(Names());
    }

    [Fact]
    public void The_256th_process_is_told_that_there_is_no_place()
    {
        var all = Enumerable.Range(0, 255).Select(_ => Open()).ToList();
        Assert.Null(CacheLedger.TryOpen(_folder));
        all.ForEach(ledger => ledger.Dispose());
    }

    [Fact]
    public void What_is_no_ledger_is_no_trouble()
    {
        File.WriteAllBytes(Path.Combine(_path, CacheLedger.FileName), [.. Enumerable.Repeat((byte)0xFF, CacheLedger.FileLength)]);
        using var ledger = Open();
        ledger.Claim(1, 0);

        Assert.Empty(ledger.Living());
        Assert.Equal(0, ledger.Others().Bytes);
    }

    private CacheLedger Open() => CacheLedger.TryOpen(_folder) ?? throw new InvalidOperationException("There is no place in the ledger.");

    private string[] Names() => [.. Directory.EnumerateFileSystemEntries(_path).Select(path => Path.GetFileName(path))];

    /// <summary>Leaves a claim without a lock, as SIGKILL does.</summary>
    private void DieHolding(long bytes)
    {
        var dying = Open();
        dying.Claim(bytes, 0);
        var record = File.ReadAllBytes(Path.Combine(_path, CacheLedger.FileName));
        dying.Dispose();
        File.WriteAllBytes(Path.Combine(_path, CacheLedger.FileName), record);
    }
}
