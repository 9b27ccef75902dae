using System.IO.Compression;
using BtFs.Engine.Discovery;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Discovery;

/// <summary>Answers that are made to cost memory or time.</summary>
public sealed class ReplyBombTests
{
    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;

    [Theory]
    [InlineData(10 * KiB)]
    [InlineData(1 * MiB)]
    public async Task A_bomb_of_zeros_is_given_up_at_the_limit_and_costs_a_few_megabytes(int compressed)
    {
        var bomb = Bomb(compressed);
        await AssertTooLongAsync(bomb);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = await AssertTooLongAsync(bomb);

        Assert.Contains("longer than", fault.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 12 * MiB);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public async Task Bytes_may_become_a_hundred_times_as_many_and_no_more(int times, bool isTaken)
    {
        var inflated = Inflating(times);
        var reading = ReadAsync(inflated, limit: 10 * MiB);

        if (isTaken)
        {
            Assert.NotEqual(0, (await reading).Length);
        }
        else
        {
            await Assert.ThrowsAsync<HttpFetchException>(() => reading);
        }
    }

    [Theory]
    [InlineData("ffffffffffffffff")]
    [InlineData("7fffffffffffffff")]
    [InlineData("10000000000000000000000001")]
    [InlineData("-1")]
    [InlineData("0x10")]
    [InlineData("zz")]
    [InlineData("")]
    public async Task A_chunk_that_lies_about_its_size_is_one_fault_of_the_tracker(string size)
    {
        // The body is a good answer cut short, so that nothing but the size is wrong.
        await using var server = RawHttpServer.Answering(RawHttpServer.Text($"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n{size}\nd8:intervali900e5:peers0:e"));
        using var http = new HttpFetch(TimeProvider.System, new HostLookup(TimeProvider.System));

        await Assert.ThrowsAsync<HttpFetchException>(() => http.GetAsync(server.Url(), TrackerLimits.Http, CancellationToken.None));
    }

    [Theory]
    [InlineData("Content-Length: 4611686018427387904\n")]
    [InlineData("Content-Length: 2000000\n")]
    public async Task A_length_that_is_not_sent_is_a_fault(string header)
    {
        await using var server = RawHttpServer.Answering(RawHttpServer.Text($"HTTP/1.1 200 OK\n{header}\nd8:intervali900e5:peers0:e"));
        using var http = new HttpFetch(TimeProvider.System, new HostLookup(TimeProvider.System));

        await Assert.ThrowsAsync<HttpFetchException>(() => http.GetAsync(server.Url(), TrackerLimits.Http, CancellationToken.None));
    }

    private static async Task<HttpFetchException> AssertTooLongAsync(byte[] compressed) =>
        await Assert.ThrowsAsync<HttpFetchException>(() => ReadAsync(compressed, TrackerLimits.Http.MaxBytes));

    private static Task<ReadOnlyMemory<byte>> ReadAsync(byte[] compressed, int limit)
    {
        var content = new ByteArrayContent(compressed);
        content.Headers.ContentEncoding.Add("gzip");
        return new HttpBody(content, TrackerLimits.Http with { MaxBytes = limit }, new ManualTimeProvider()).ReadAsync(CancellationToken.None);
    }

    /// <summary>As many compressed bytes as wanted, each of which becomes about a thousand.</summary>
    private static byte[] Bomb(int compressed)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[MiB];
            while (output.Length < compressed)
            {
                gzip.Write(zeros);
            }
        }

        // Cut: whoever reads to the end finds that out only there.
        return output.ToArray()[..compressed];
    }

    /// <summary>Zeros that, compressed, are exactly so many times shorter.</summary>
    private static byte[] Inflating(int times) =>
        Enumerable.Range(20, 200).Select(length => (Length: length, Bytes: Gzip(length * times))).First(tried => tried.Bytes.Length == tried.Length).Bytes;

    private static byte[] Gzip(int zeros)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal))
        {
            gzip.Write(new byte[zeros]);
        }

        return output.ToArray();
    }
}
