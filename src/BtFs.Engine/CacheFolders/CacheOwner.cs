using System.Globalization;
using System.Text;

namespace BtFs.Engine.CacheFolders;

/// <summary>Who has a folder of the cache, as the lock file has it: <c>PROCESS PORT</c> and a line feed.</summary>
/// <param name="Process">Its number.</param>
/// <param name="Port">The TCP port on which it listens for peers, or 0.</param>
internal readonly record struct CacheOwner(int Process, int Port)
{
    /// <summary>Bytes of the longest.</summary>
    private const int Longest = 24;

    /// <summary>Reads what an owner wrote; null when that is nothing or nonsense.</summary>
    internal static CacheOwner? Read(OpenFolder folder)
    {
        var text = folder.ReadWhole(CacheFileNames.Lock, Longest) is { } bytes ? Encoding.ASCII.GetString(bytes).TrimEnd('\n').Split(' ') : [];
        return text is [var process, var port]
            && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var listens)
            ? new CacheOwner(number, listens)
            : null;
    }

    internal byte[] ToBytes() => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Process} {Port}\n"));
}
