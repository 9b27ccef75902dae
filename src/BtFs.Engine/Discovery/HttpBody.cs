using System.Buffers;
using System.IO.Compression;

namespace BtFs.Engine.Discovery;

/// <summary>The body of an answer, read within limits: on the wire, in time, and inflated.</summary>
internal sealed class HttpBody(HttpContent content, HttpFetchLimits limits, TimeProvider time)
{
    /// <summary>Bytes that one compressed byte may become; a tracker's reply or a .torrent never comes near.</summary>
    private const int MaxInflation = 100;

    private const int ReadBytes = 16 * 1024;

    /// <exception cref="HttpFetchException">Too long, cut short, or in no encoding that was asked for.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancel)
    {
        var body = await ReadRawAsync(cancel);
        return content.Headers.ContentEncoding.ToArray() switch
        {
            [] or ["identity"] => body,
            ["gzip" or "x-gzip"] => Inflate(body),
            _ => throw new HttpFetchException("the answer has an encoding that was not asked for"),
        };
    }

    private async Task<ReadOnlyMemory<byte>> ReadRawAsync(CancellationToken cancel)
    {
        using var idle = new CancellationTokenSource(limits.Idle, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancel);
        var body = new ArrayBufferWriter<byte>();
        try
        {
            await using var stream = await content.ReadAsStreamAsync(either.Token);
            while (await stream.ReadAsync(body.GetMemory(ReadBytes), either.Token) is > 0 and var count)
            {
                body.Advance(count);
                if (body.WrittenCount > limits.MaxBytes)
                {
                    throw TooLong();
                }

                idle.CancelAfter(limits.Idle);
            }

            return body.WrittenMemory;
        }
        catch (OperationCanceledException) when (idle.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new HttpFetchException($"no more of the answer for {limits.Idle.TotalSeconds:0} s");
        }
        catch (IOException fault)
        {
            throw new HttpFetchException("the connection ended in the middle of the answer", fault);
        }
    }

    private ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> body)
    {
        var inflated = new ArrayBufferWriter<byte>();
        try
        {
            using var stream = new GZipStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress);
            while (stream.Read(inflated.GetSpan(ReadBytes)) is > 0 and var count)
            {
                inflated.Advance(count);
                if (inflated.WrittenCount > limits.MaxBytes || inflated.WrittenCount > (long)body.Length * MaxInflation)
                {
                    throw TooLong();
                }
            }

            return inflated.WrittenMemory;
        }
        catch (InvalidDataException fault)
        {
            throw new HttpFetchException("the answer is not the gzip that it is said to be", fault);
        }
    }

    private HttpFetchException TooLong() => new($"the answer is longer than {limits.MaxBytes} bytes");
}
