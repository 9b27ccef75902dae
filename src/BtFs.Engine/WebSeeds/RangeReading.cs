using System.Buffers;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;

namespace BtFs.Engine.WebSeeds;

/// <summary>One <see cref="RangeRun"/> on its way: asks for its parts one after the other, and hands on each block that is whole.</summary>
/// <remarks>A block may lie in several files: what has come of it waits in the buffer for the rest.</remarks>
internal sealed class RangeReading : IDisposable
{
    private static readonly TimeSpan DiskPoll = TimeSpan.FromMilliseconds(10);

    // A socket that always has more would keep its thread to itself.
    private const int ReadsInARow = 8;

    private readonly RangeRun _run;
    private readonly WebSeedParts _parts;
    private readonly CancellationTokenSource _stall;
    private readonly CancellationTokenSource _either;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(WebSeedLimits.BufferBytes);
    private int _filled;

    internal RangeReading(RangeRun run, WebSeedParts parts)
    {
        _run = run;
        _parts = parts;
        _stall = new CancellationTokenSource(WebSeedLimits.StallTimeout, Time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_stall.Token, run.Stop.Token);
    }

    private TimeProvider Time => _parts.Sessions.Time;

    /// <summary>The file that is being asked for.</summary>
    internal FileIndex File { get; private set; }

    /// <summary>Reads until the run is through, or nothing of what is left of it is wanted.</summary>
    /// <exception cref="WebSeedException">The web seed does not give it.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    internal async Task RunAsync()
    {
        try
        {
            foreach (var part in _parts.Form.PartsOf(_run.Start, _run.End))
            {
                File = part.File;
                if (!_parts.Queue.IsWanted(_run))
                {
                    return;
                }

                if (_parts.Form.IsPad(part.File))
                {
                    Pad(part.Length);
                }
                else
                {
                    await ReadAsync(part);
                }
            }
        }
        catch (OperationCanceledException) when (_stall.IsCancellationRequested && !_run.Stop.IsCancellationRequested)
        {
            throw new WebSeedException($"nothing came for {WebSeedLimits.StallTimeout.TotalSeconds:0} s", WebSeedScope.Connection);
        }
        catch (IOException fault)
        {
            throw new WebSeedException("the connection ended in the middle of the answer", WebSeedScope.Connection, inner: fault);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _either.Dispose();
        _stall.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private void Pad(long length)
    {
        for (var left = length; left > 0;)
        {
            var count = (int)Math.Min(left, WebSeedLimits.BufferBytes - _filled);
            _buffer.AsSpan(_filled, count).Clear();
            _filled += count;
            left -= count;
            HandOn();
        }
    }

    private async Task ReadAsync(FilePart part)
    {
        using var answer = await _parts.Client.GetAsync(part, _either.Token);
        _run.HasAnswer = true;
        await using var body = await answer.ReadAsync(_either.Token);
        var skip = answer.Skip;
        var left = skip + part.Length;
        for (var reads = 1; left > 0 && _parts.Queue.IsWanted(_run); reads++)
        {
            if (reads % ReadsInARow == 0)
            {
                await Task.Yield();
            }

            await WaitForDiskAsync();
            var room = (int)Math.Min(Math.Min(left, WebSeedLimits.BufferBytes - _filled), _parts.Sessions.Download.Quantum);
            var count = await body.ReadAsync(_buffer.AsMemory(_filled, room), _either.Token);
            if (count == 0)
            {
                throw new WebSeedException("the answer was cut short", WebSeedScope.Connection);
            }

            left -= count;
            var skipped = (int)Math.Min(skip, count);
            skip -= skipped;
            Take(count, skipped);
            await PayAsync(count);
        }
    }

    /// <summary>Bytes have come, the first few of which come before what was asked for.</summary>
    private void Take(int count, int skipped)
    {
        if (skipped > 0)
        {
            _buffer.AsSpan(_filled + skipped, count - skipped).CopyTo(_buffer.AsSpan(_filled));
            _stall.CancelAfter(WebSeedLimits.StallTimeout);
        }

        _filled += count - skipped;
        if (HandOn())
        {
            _stall.CancelAfter(WebSeedLimits.StallTimeout);
            _parts.Worked(File);
        }
    }

    /// <summary>Hands on what blocks are whole.</summary>
    /// <returns>Whether there was any.</returns>
    private bool HandOn()
    {
        var at = 0;
        var batch = _parts.Batches.Take();
        while (_run.Position < _run.End && _parts.Queue.Current(_run) is var block && at + block.Length <= _filled)
        {
            if (_parts.Queue.Pass(_run, block, out var target))
            {
                var bytes = new ReadOnlySequence<byte>(_buffer, at, block.Length);
                batch.Blocks.Add(new ReceivedBlock(block, target, target.TryWrite(block, bytes)));
            }

            at += block.Length;
        }

        _parts.Batches.Tell(batch);
        _buffer.AsSpan(at, _filled - at).CopyTo(_buffer);
        _filled -= at;
        return at > 0;
    }

    private async ValueTask WaitForDiskAsync()
    {
        while (_parts.Sessions.DiskIsBehind())
        {
            await Task.Delay(DiskPoll, Time, _run.Stop.Token);
            _stall.CancelAfter(WebSeedLimits.StallTimeout);
        }
    }

    private async ValueTask PayAsync(int count)
    {
        var wait = _parts.Sessions.Download.Spend(count);
        if (wait > TimeSpan.Zero)
        {
            _stall.CancelAfter(wait + WebSeedLimits.StallTimeout);
            await Task.Delay(wait, Time, _run.Stop.Token);
        }
    }
}
