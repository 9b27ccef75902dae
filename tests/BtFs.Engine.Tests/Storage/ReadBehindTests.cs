using BtFs.Engine.Storage;

namespace BtFs.Engine.Tests.Storage;

/// <summary>What a reader who reads on has had from the disk need not be in memory twice.</summary>
public class ReadBehindTests
{
    private const int Request = 128 * 1024;
    private const long Film = 64L << 20;

    private readonly Recorder _file = new();

    [Fact]
    public void All_but_the_last_of_what_was_read_on_from_the_disk_is_let_go_in_order()
    {
        Read(new ReadBehind(_file), 0, Film, isFromDisk: true);

        Assert.Equal(Enumerable.Range(0, (int)((Film - ReadBehind.Kept) / ReadBehind.Stretch)).Select(i => i * ReadBehind.Stretch), _file.LetGo);
    }

    [Fact]
    public void The_first_request_that_waits_for_the_disk_tells_where_the_others_come_from_which_the_system_reads_ahead()
    {
        var behind = new ReadBehind(_file);
        for (var at = 0L; at < Film; at += Request)
        {
            behind.Note(at, Request, isFromDisk: at == 0);
        }

        Assert.Equal((Film - ReadBehind.Kept) / ReadBehind.Stretch, _file.LetGo.Count);
    }

    [Fact]
    public void What_was_in_memory_before_stays()
    {
        Read(new ReadBehind(_file), 0, Film, isFromDisk: false);

        Assert.Empty(_file.LetGo);
    }

    [Fact]
    public void What_is_read_here_and_there_stays()
    {
        var (behind, random) = (new ReadBehind(_file), new Random(1));
        for (var i = 0; i < 10_000; i++)
        {
            behind.Note(random.NextInt64(1L << 40), Request, isFromDisk: true);
        }

        Assert.Empty(_file.LetGo);
    }

    [Fact]
    public void Two_readers_and_requests_out_of_order_are_told_apart()
    {
        var behind = new ReadBehind(_file);
        for (var at = 0L; at < Film; at += 2 * Request)
        {
            foreach (var start in (long[])[0, 1L << 30])
            {
                behind.Note(start + at + Request, Request, isFromDisk: true);
                behind.Note(start + at, Request, isFromDisk: true);
            }
        }

        // Each begins where its first request was.
        var starts = Enumerable.Range(0, (int)((Film - Request - ReadBehind.Kept) / ReadBehind.Stretch)).Select(i => (i * ReadBehind.Stretch) + Request).ToList();
        Assert.Equal(starts, _file.LetGo.Where(start => start < 1L << 30));
        Assert.Equal(starts.Select(start => start + (1L << 30)), _file.LetGo.Where(start => start >= 1L << 30));
    }

    private static void Read(ReadBehind behind, long start, long length, bool isFromDisk)
    {
        for (var at = start; at < start + length; at += Request)
        {
            behind.Note(at, Request, isFromDisk);
        }
    }

    private sealed class Recorder : IStoredFile
    {
        public List<long> LetGo { get; } = [];

        public long Length => 0;

        public FileIdentity Identity => default;

        void IStoredFile.LetGo(long offset, long length)
        {
            Assert.Equal(ReadBehind.Stretch, length);
            LetGo.Add(offset);
        }

        public ValueTask<int> ReadAsync(Memory<byte> destination, long offset, CancellationToken cancel) => new(0);

        public int ReadNow(Span<byte> destination, long offset) => 0;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long offset) => default;

        public void SetLength(long length)
        {
        }

        public bool TryPunch(long offset, long length) => true;

        public void Synchronize()
        {
        }

        public void Dispose()
        {
        }
    }
}
