using BtFs.Engine.CacheFolders;

namespace BtFs.Engine.Storage;

/// <summary>The two files in which a torrent's cached bytes lie, and what becomes of them at the end.</summary>
internal sealed class DiskFiles : IDisposable
{
    private readonly CacheFolder? _folder;

    /// <param name="data">The torrent's bytes, each at its offset in the torrent; holes where nothing is.</param>
    /// <param name="index">The journal.</param>
    /// <param name="keep">Whether the bytes are for a later run.</param>
    /// <param name="folder">The folder to remove if they are not; taken over.</param>
    internal DiskFiles(IStoredFile data, IStoredFile index, bool keep, CacheFolder? folder = null)
    {
        Data = data;
        Index = index;
        Keep = keep;
        _folder = folder;
    }

    internal IStoredFile Data { get; }

    internal IStoredFile Index { get; }

    internal bool Keep { get; }

    /// <summary>Opens or makes the files of a folder, which is taken over.</summary>
    /// <exception cref="IOException">They cannot be opened; the folder stays the caller's.</exception>
    internal static DiskFiles In(CacheFolder folder, bool keep)
    {
        var data = new StoredFile(folder.OpenFile(CacheFileNames.Data));
        try
        {
            return new DiskFiles(data, new StoredFile(folder.OpenFile(CacheFileNames.Index)), keep, folder);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Removes a torrent's folder, with whatever files of ours it has, and lets go of it.</summary>
    internal static void Discard(CacheFolder folder)
    {
        folder.Remove();
        folder.Dispose();
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
