using BtFs.Engine.CacheFolders;

namespace BtFs.Engine.Storage;

/// <summary>The two files in which a torrent's cached bytes lie, and what becomes of them at the end.</summary>
internal sealed class DiskFiles : IDisposable
{
    private const string NewIndexName = CacheFileNames.Index + CacheFileNames.NewSuffix;

    private readonly IStoredFolder? _folder;

    // Names that a power cut may still take back.
    private volatile bool _namesChanged = true;

    /// <param name="data">The torrent's bytes, each at its offset in the torrent; holes where nothing is.</param>
    /// <param name="index">The journal.</param>
    /// <param name="keep">Whether the bytes are for a later run.</param>
    /// <param name="folder">Where they lie, to be removed if they are not; taken over.</param>
    internal DiskFiles(IStoredFile data, IStoredFile index, bool keep, IStoredFolder? folder = null)
    {
        Data = data;
        Index = index;
        Keep = keep;
        _folder = folder;
    }

    internal IStoredFile Data { get; }

    internal IStoredFile Index { get; private set; }

    internal bool Keep { get; }

    /// <summary>Whether another index can take the place of the one that is there.</summary>
    internal bool CanReplaceIndex => _folder is not null;

    /// <summary>Opens or makes the files of a folder, which is taken over.</summary>
    /// <exception cref="IOException">They cannot be opened; the folder stays the caller's.</exception>
    internal static DiskFiles In(IStoredFolder folder, bool keep)
    {
        // A run that was killed left it half written.
        folder.Delete(NewIndexName);
        var data = folder.Open(CacheFileNames.Data);
        try
        {
            return new DiskFiles(data, folder.Open(CacheFileNames.Index), keep, folder);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Removes a torrent's folder, with whatever files of ours it has, and lets go of it.</summary>
    internal static void Discard(IStoredFolder folder)
    {
        folder.Remove();
        folder.Dispose();
    }

    /// <summary>Puts another index in the place of the one that is there, which stays if that fails.</summary>
    /// <param name="write">Writes it, into an empty file.</param>
    /// <exception cref="IOException">The disk failed or is full.</exception>
    internal async ValueTask ReplaceIndexAsync(Func<IStoredFile, ValueTask> write)
    {
        var folder = _folder ?? throw new InvalidOperationException("Files without a folder cannot be replaced.");
        var fresh = folder.Open(NewIndexName);
        try
        {
            fresh.SetLength(0);
            await write(fresh);
            if (Keep)
            {
                // Before its name: else a power cut could leave the name without the bytes.
                fresh.Synchronize();
            }

            folder.Rename(NewIndexName, CacheFileNames.Index);
        }
        catch
        {
            fresh.Dispose();
            folder.Delete(NewIndexName);
            throw;
        }

        _namesChanged = true;
        Index.Dispose();
        Index = fresh;
    }

    /// <summary>Waits until all that was written would survive a power cut: the data before the claim on it, then the names of both.</summary>
    /// <exception cref="IOException">It may not.</exception>
    internal void Synchronize()
    {
        Data.Synchronize();
        SynchronizeIndex();
    }

    /// <summary>The same for the index alone.</summary>
    /// <exception cref="IOException">It may not.</exception>
    internal void SynchronizeIndex()
    {
        Index.Synchronize();
        if (_namesChanged)
        {
            _folder?.Synchronize();
            _namesChanged = false;
        }
    }

    /// <summary>Closes the files, and removes them unless they are to be kept.</summary>
    public void Dispose()
    {
        Data.Dispose();
        Index.Dispose();
        if (_folder is null)
        {
            return;
        }

        if (Keep)
        {
            _folder.Dispose();
        }
        else
        {
            Discard(_folder);
        }
    }
}
