using BtFs.Fuse;
using BtFs.Mount.Scanning;
using BtFs.Testing;
using Microsoft.Extensions.Logging;

namespace BtFs.Mount.Tests;

public sealed class ScannerAccountTests
{
    private const int Piece = 1 << 20;
    private const long MiB = 1 << 20;

    private readonly ManualTimeProvider _time = new();
    private readonly CountingLog _log = new();

    [Fact]
    public void Of_each_large_file_16_MiB_are_fetched_within_an_hour()
    {
        var account = Account(ScannerKind.Glancing);
        var (film, other) = (File(1, 2000 * MiB), File(2, 2000 * MiB));

        Assert.Equal(16, CountOf(account, film, Piece));
        Assert.Equal(16, CountOf(account, other, Piece));
        Assert.Equal((ScannerState.OverBudget, 32 * MiB, 2L), (account.Report.State, account.Report.BytesFetched, account.Report.Refusals));

        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(0, CountOf(account, film, Piece));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(16, CountOf(account, film, Piece));
    }

    [Fact]
    public void Of_a_file_in_very_large_pieces_four_are_fetched() => Assert.Equal(4, CountOf(Account(ScannerKind.Glancing), File(1, 2000 * MiB), 16 * Piece));

    [Fact]
    public void A_thousand_small_files_are_looked_into_whole()
    {
        var account = Account(ScannerKind.Glancing);

        Assert.All(Enumerable.Range(0, 1000), number => Assert.True(account.MayFetch(0, File(number, 5 * MiB), Piece, 5 * MiB)));
        Assert.Equal(ScannerState.Sampling, account.Report.State);
    }

    [Fact]
    public void A_program_that_reads_everything_gets_64_MiB_a_minute()
    {
        var account = Account(ScannerKind.Sweeping);

        Assert.Equal(64, Enumerable.Range(0, 1000).Count(number => account.MayFetch(0, File(number, MiB), Piece, MiB)));
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(16, Enumerable.Range(0, 1000).Count(number => account.MayFetch(0, File(number, MiB), Piece, MiB)));
        _time.Advance(TimeSpan.FromHours(15));
        Assert.Equal(64, Enumerable.Range(0, 1000).Count(number => account.MayFetch(0, File(number, MiB), Piece, MiB)));
    }

    [Fact]
    public void The_log_hears_of_it_once()
    {
        var account = Account(ScannerKind.Glancing);
        CountOf(account, File(1, 2000 * MiB), Piece);
        CountOf(account, File(2, 2000 * MiB), Piece);

        Assert.Equal(["tumblerd has had 16 MiB fetched of  within the hour and gets only what is here of it (--allow-process=tumblerd lifts that)"], _log.Lines);
    }

    private ScannerAccount Account(ScannerKind kind) => new("tumblerd", kind, ScannerState.Sampling, new ScanLimits(), _time, _log);

    private static FileNode File(int number, long length) => new() { Kind = NodeKind.File, Number = number, Inode = 7, Name = [], Length = length };

    /// <summary>How many pieces it gets until it is told no.</summary>
    private static int CountOf(ScannerAccount account, FileNode file, int piece)
    {
        var count = 0;
        while (account.MayFetch(0, file, piece, piece))
        {
            count++;
        }

        return count;
    }

    private sealed class CountingLog : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
