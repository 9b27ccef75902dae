using BtFs.Engine.CacheFolders;
using BtFs.Engine.Storage;

namespace BtFs.Engine.Tests.Storage;

/// <summary>A folder in memory that remembers every call, and shows what a kill or a power cut after any of them would have left.</summary>
/// <remarks>
/// A kill leaves what was written, the last write perhaps in part. A power cut leaves, of what was not synchronized, any sectors in any
/// order, some of them with rubbish, and of a file's lengths and the folder's names any that there were since.
/// </remarks>
internal sealed class ModelDisk : IStoredFolder
{
    private readonly Lock _gate = new();
    private readonly List<DiskCall> _calls = [];
    private readonly Dictionary<string, ModelFile> _names = [];
    private int _toFail;
    private int _failed;
    private ulong _inodes;

    /// <summary>Calls so far.</summary>
    internal int Calls
    {
        get
        {
            lock (_gate)
            {
                return _calls.Count;
            }
        }
    }

    internal int CallsOf<T>()
        where T : DiskCall
    {
        lock (_gate)
        {
            return _calls.OfType<T>().Count();
        }
    }

    /// <summary>Requests to synchronize that failed.</summary>
    internal int Failed => Volatile.Read(ref _failed);

    /// <summary>The last call before which all that was called is safe from a power cut after so many calls: the data, then the index, and its name.</summary>
    internal int SafeAfter(int calls)
    {
        var names = new Dictionary<string, ModelFile>();
        var (dataAt, safe) = (0, 0);
        for (var i = 0; i < calls; i++)
        {
            NameAfter(_calls[i], names);
            if (_calls[i] is DiskCall.SynchronizeFile { File: var file })
            {
                dataAt = file == names.GetValueOrDefault("data") ? i : dataAt;
            }

            // With the names comes all that went before; where they have not changed, the index is the last.
            var isLast = _calls[i] is DiskCall.SynchronizeNames
                || (_calls[i] is DiskCall.SynchronizeFile { File: var index } && index == names.GetValueOrDefault("index") && AreNamesSafe(i));
            safe = isLast ? dataAt : safe;
        }

        return safe;
    }

    /// <summary>The next so many requests to synchronize fail.</summary>
    internal void FailSynchronizing(int times) => Interlocked.Add(ref _toFail, times);

    internal void FailIfAsked()
    {
        if (Volatile.Read(ref _toFail) > 0)
        {
            Interlocked.Decrement(ref _toFail);
            Interlocked.Increment(ref _failed);
            throw new IOException("Input/output error");
        }
    }

    internal void Note(DiskCall call)
    {
        lock (_gate)
        {
            _calls.Add(call);
        }
    }

    public IStoredFile Open(string name)
    {
        lock (_gate)
        {
            if (!_names.TryGetValue(name, out var file))
            {
                _names[name] = file = new ModelFile(this, ++_inodes, [], 0);
                _calls.Add(new DiskCall.Create(name, file));
            }

            return file;
        }
    }

    public void Rename(string from, string to)
    {
        lock (_gate)
        {
            if (!_names.Remove(from, out var file))
            {
                throw new IOException($"No such file: {from}");
            }

            _names[to] = file;
            _calls.Add(new DiskCall.Rename(from, to));
        }
    }

    public void Delete(string name)
    {
        lock (_gate)
        {
            if (_names.Remove(name))
            {
                _calls.Add(new DiskCall.Delete(name));
            }
        }
    }

    public void Synchronize()
    {
        FailIfAsked();
        Note(new DiskCall.SynchronizeNames());
    }

    public void Remove()
    {
        foreach (var name in CacheFileNames.All)
        {
            Delete(name);
        }
    }

    public void Dispose()
    {
    }

    /// <summary>What a process that was killed after so many calls left, the next write done in part.</summary>
    internal ModelDisk AfterKill(int calls, Random random)
    {
        var files = new Dictionary<ModelFile, byte[]>();
        foreach (var call in _calls.Take(calls))
        {
            Apply(call, files);
        }

        if (_calls.ElementAtOrDefault(calls) is DiskCall.Write next)
        {
            Apply(next with { Bytes = next.Bytes[..random.Next(next.Bytes.Length + 1)] }, files);
        }

        return Image(NamesAfter(calls), files);
    }

    /// <summary>What a power cut after so many calls left.</summary>
    internal ModelDisk AfterPowerCut(int calls, Random random)
    {
        var sector = random.Next(2) == 0 ? 512 : 4096;
        var reached = random.NextDouble() switch { < 0.2 => 0, < 0.4 => 1, var some => some };
        var rubbish = random.Next(4) == 0 ? 0.02 : 0;
        var files = new Dictionary<ModelFile, byte[]>();
        var lengths = new Dictionary<ModelFile, List<int>>();
        var safe = new Dictionary<ModelFile, int>();
        var safeNames = 0;
        for (var i = 0; i < calls; i++)
        {
            switch (_calls[i])
            {
                case DiskCall.SynchronizeFile synchronized: safe[synchronized.File] = i; break;
                case DiskCall.SynchronizeNames: safeNames = i + 1; break;
            }
        }

        for (var i = 0; i < calls; i++)
        {
            switch (_calls[i])
            {
                case DiskCall.Write write when i > safe.GetValueOrDefault(write.File, -1):
                    var whole = files.GetValueOrDefault(write.File, []);
                    lengths.TryAdd(write.File, [whole.Length]);
                    files[write.File] = Torn(whole, write, sector, reached, rubbish, random);
                    lengths[write.File].Add((int)Math.Max(lengths[write.File][^1], write.Offset + write.Bytes.Length));
                    break;
                case DiskCall.SetLength cut when i > safe.GetValueOrDefault(cut.File, -1):
                    lengths.TryAdd(cut.File, [files.GetValueOrDefault(cut.File, []).Length]);
                    lengths[cut.File].Add((int)cut.Length);
                    break;
                case var call:
                    Apply(call, files);
                    break;
            }
        }

        foreach (var (file, had) in lengths)
        {
            var bytes = files.GetValueOrDefault(file, []);
            Array.Resize(ref bytes, had[random.Next(had.Count)]);
            files[file] = bytes;
        }

        return Image(NamesAfter(random.Next(safeNames, calls + 1)), files);
    }

    /// <summary>Bytes with others written into them, in the same array where it is long enough.</summary>
    internal static byte[] Written(byte[] before, long offset, ReadOnlySpan<byte> bytes)
    {
        var after = before;
        if (bytes.Length > 0)
        {
            Array.Resize(ref after, (int)Math.Max(before.Length, offset + bytes.Length));
            bytes.CopyTo(after.AsSpan((int)offset));
        }

        return after;
    }

    private static void Apply(DiskCall call, Dictionary<ModelFile, byte[]> files)
    {
        switch (call)
        {
            case DiskCall.Write write:
                files[write.File] = Written(files.GetValueOrDefault(write.File, []), write.Offset, write.Bytes);
                break;
            case DiskCall.SetLength cut:
                var bytes = files.GetValueOrDefault(cut.File, []);
                Array.Resize(ref bytes, (int)cut.Length);
                files[cut.File] = bytes;
                break;
        }
    }

    private static byte[] Torn(byte[] before, DiskCall.Write write, int sector, double reached, double rubbish, Random random)
    {
        var after = before;
        for (var at = 0; at < write.Bytes.Length;)
        {
            var place = write.Offset + at;
            var part = write.Bytes.AsSpan(at, (int)Math.Min(write.Bytes.Length - at, sector - place % sector));
            if (random.NextDouble() < rubbish)
            {
                var noise = new byte[part.Length];
                random.NextBytes(noise);
                after = Written(after, place, noise);
            }
            else if (random.NextDouble() < reached)
            {
                after = Written(after, place, part);
            }

            at += part.Length;
        }

        return after;
    }

    private Dictionary<string, ModelFile> NamesAfter(int calls)
    {
        var names = new Dictionary<string, ModelFile>();
        foreach (var call in _calls.Take(calls))
        {
            NameAfter(call, names);
        }

        return names;
    }

    private bool AreNamesSafe(int at)
    {
        while (--at >= 0 && _calls[at] is not DiskCall.SynchronizeNames)
        {
            if (_calls[at] is DiskCall.Rename or DiskCall.Create { Name: "data" or "index" })
            {
                return false;
            }
        }

        return at >= 0;
    }

    private static void NameAfter(DiskCall call, Dictionary<string, ModelFile> names)
    {
        switch (call)
        {
            case DiskCall.Create create: names[create.Name] = create.File; break;
            case DiskCall.Delete delete: names.Remove(delete.Name); break;
            case DiskCall.Rename rename when names.Remove(rename.From, out var file): names[rename.To] = file; break;
        }
    }

    private ModelDisk Image(Dictionary<string, ModelFile> names, Dictionary<ModelFile, byte[]> files)
    {
        var image = new ModelDisk { _inodes = _inodes };
        foreach (var (name, file) in names)
        {
            var identity = file.Identity;
            image._names[name] = new ModelFile(image, identity.Inode, files.GetValueOrDefault(file, []), identity.ModifiedAt);
        }

        return image;
    }
}
