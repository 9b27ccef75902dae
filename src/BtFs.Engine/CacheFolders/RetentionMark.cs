using BtFs.Engine.Storage;

namespace BtFs.Engine.CacheFolders;

/// <summary>Whether a folder is to be kept, as the file <c>keep</c> in it says: <c>pinned</c>, <c>persist</c>, or not by being absent.</summary>
internal static class RetentionMark
{
    private const int Longest = 16;

    /// <summary>How a folder is to be kept. When in doubt it is pinned: what the user wanted kept is not lost because a file was damaged.</summary>
    internal static CacheRetention Read(OpenFolder folder)
    {
        if (folder.StatusOf(CacheFileNames.Keep) is null)
        {
            return CacheRetention.UntilClosed;
        }

        return folder.ReadWhole(CacheFileNames.Keep, Longest) is { } text && text.AsSpan().TrimEnd((byte)'\n').SequenceEqual("persist"u8)
            ? CacheRetention.Evictable
            : CacheRetention.Pinned;
    }

    /// <summary>Has a folder kept at least so much; what was kept more stays as it is.</summary>
    /// <returns>How it is kept from now on.</returns>
    /// <exception cref="IOException">That cannot be noted.</exception>
    internal static CacheRetention Raise(OpenFolder folder, CacheRetention wanted)
    {
        var before = Read(folder);
        if (before >= wanted)
        {
            return before;
        }

        folder.Replace(CacheFileNames.Keep, wanted == CacheRetention.Pinned ? "pinned\n"u8 : "persist\n"u8);
        return wanted;
    }
}
