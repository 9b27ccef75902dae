using BtFs.Engine;
using BtFs.Engine.Layout;
using BtFs.Engine.Reports;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Metainfo;

namespace BtFs.Testing;

/// <summary>A torrent whose bytes come from a function, at once; or not before the test lets them go. Safe from any thread.</summary>
public sealed class FakeTorrentContent(InfoDictionary info, Func<FileIndex, long, byte>? byteAt = null) : ITorrentContent
{
    private readonly Func<FileIndex, long, byte> _byteAt = byteAt ?? ByteAt;
    private readonly Dictionary<FileIndex, long> _present = [];
    private TaskCompletionSource _arrived = CompletedSource();
    private int _openReaders;
    private int _heldBuffers;

    /// <inheritdoc/>
    public InfoDictionary Info => info;

    /// <inheritdoc/>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Readers opened and not yet disposed.</summary>
    public int OpenReaders => Volatile.Read(ref _openReaders);

    /// <summary>Runs of bytes handed out and not yet given back.</summary>
    public int HeldBuffers => Volatile.Read(ref _heldBuffers);

    /// <summary>The byte of a file at an offset, unless the test has a better idea: neighbours differ, and so do files.</summary>
    public static byte ByteAt(FileIndex file, long offset) => unchecked((byte)((offset * 31) + (offset >> 8) + (file.Value * 7) + 1));

    /// <summary>From now on reads find nothing in memory and wait.</summary>
    public void HoldBack() => _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Answers the reads that wait, and the later ones.</summary>
    public void LetGo() => _arrived.TrySetResult();

    /// <summary>Fails the reads that wait, and the later ones.</summary>
    public void Fail(Exception reason) => _arrived.TrySetException(reason);

    /// <summary>Sets how much of a file is here. Without it all is.</summary>
    public void SetPresent(FileIndex file, long bytes) => _present[file] = bytes;

    /// <inheritdoc/>
    public long BytesPresent(FileIndex file) => _present.TryGetValue(file, out var bytes) ? bytes : info.Files[file.Value].Length;

    /// <inheritdoc/>
    public int CopiesOfRarest(FileIndex file) => Copies;

    /// <inheritdoc/>
    public IReadOnlyList<ByteRange> MissingRanges(FileIndex file, int most)
    {
        var (present, length) = (BytesPresent(file), info.Files[file.Value].Length);
        return present == length ? [] : [new ByteRange(present, length)];
    }

    /// <inheritdoc/>
    public WaitReport? WaitFor(FileIndex file) => Wait;

    /// <summary>What <see cref="CopiesOfRarest"/> answers.</summary>
    public int Copies { get; set; }

    /// <summary>What <see cref="WaitFor"/> answers.</summary>
    public WaitReport? Wait { get; set; }

    /// <inheritdoc/>
    public IContentReader OpenReader(FileIndex file, ReadingStyle style = ReadingStyle.Following, Func<long, bool>? mayFetch = null, object? label = null)
    {
        Interlocked.Increment(ref _openReaders);
        return new Reader(this, file, mayFetch);
    }

    private static TaskCompletionSource CompletedSource()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private void Fill(FileIndex file, long offset, int length, ContentSegments into)
    {
        // Two runs, since real answers cross from piece to piece.
        var first = (length + 1) / 2;
        AddRun(file, offset, first, into);
        if (length > first)
        {
            AddRun(file, offset + first, length - first, into);
        }
    }

    private void AddRun(FileIndex file, long offset, int length, ContentSegments into)
    {
        Interlocked.Increment(ref _heldBuffers);
        var buffer = new SharedBuffer(length, returned =>
        {
            // Whoever still looks at it must not like what he sees.
            returned.GetSpan().Fill(0xdd);
            Interlocked.Decrement(ref _heldBuffers);
        });
        for (var i = 0; i < length; i++)
        {
            buffer.GetSpan()[i] = _byteAt(file, offset + i);
        }

        into.Add(buffer, 0, length);
    }

    private sealed class Reader(FakeTorrentContent content, FileIndex file, Func<long, bool>? mayFetch) : IContentReader
    {
        private bool _isDisposed;

        public bool TryRead(long offset, int length, ContentSegments into)
        {
            Check(offset, length);
            if (!content._arrived.Task.IsCompletedSuccessfully)
            {
                return false;
            }

            content.Fill(file, offset, length, into);
            return true;
        }

        public async ValueTask ReadAsync(long offset, int length, ContentSegments into, CancellationToken cancel)
        {
            Check(offset, length);
            if (mayFetch?.Invoke(length) == false)
            {
                throw new FetchRefusedException();
            }

            await content._arrived.Task.WaitAsync(cancel);
            content.Fill(file, offset, length, into);
        }

        public void Dispose()
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                Interlocked.Decrement(ref content._openReaders);
            }
        }

        private void Check(long offset, int length)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, content.Info.Files[file.Value].Length);
        }
    }
}
