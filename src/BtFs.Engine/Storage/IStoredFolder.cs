namespace BtFs.Engine.Storage;

/// <summary>Where the files of one torrent's cache lie. For one owner.</summary>
internal interface IStoredFolder : IDisposable
{
    /// <summary>Opens a file for reading and writing, empty if there was none.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    IStoredFile Open(string name);

    /// <summary>Gives a file another name, in place of the file that had it. Who has that one open keeps it.</summary>
    /// <exception cref="IOException">It cannot be renamed; both are as they were.</exception>
    void Rename(string from, string to);

    /// <summary>Removes a file, if it is there.</summary>
    void Delete(string name);

    /// <summary>Waits until the names of its files, and its own, would survive a power cut.</summary>
    /// <exception cref="IOException">They may not.</exception>
    void Synchronize();

    /// <summary>Removes our files, and the folder itself if nothing else is in it.</summary>
    void Remove();
}
