namespace BtFs.Mount;

/// <summary>Decides what comes of the wishes of those who use a <see cref="MountedLibrary"/>. Asked on any thread, and several at once.</summary>
public interface ILibraryKeeper
{
    /// <summary>Somebody has put a .torrent into the library's folder.</summary>
    /// <param name="name">The name it was given there; any text.</param>
    /// <param name="torrent">All of its bytes, which stay as they are until the task ends.</param>
    /// <returns>Why it is not taken, one phrase; <see langword="null"/> when it is.</returns>
    Task<string?> TakeAsync(string name, ReadOnlyMemory<byte> torrent);

    /// <summary>What was put into the folder is of no use, and gone.</summary>
    /// <param name="name">The name it was given there.</param>
    /// <param name="reason">Why; one phrase.</param>
    void Refuse(string name, string reason);

    /// <summary>Somebody has removed a torrent's folder.</summary>
    /// <returns>Whether it is gone.</returns>
    Task<bool> RemoveAsync(string name);

    /// <summary>Somebody has written a request into <c>.btfs/control</c>.</summary>
    Task<LibraryAnswer> AnswerAsync(ReadOnlyMemory<byte> request);
}
