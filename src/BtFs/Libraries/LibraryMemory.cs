using BtFs.Protocol.Metainfo;
using BtFs.Sources;
using Microsoft.Extensions.Logging;

namespace BtFs.Libraries;

/// <summary>The store of a library, which may fail: then torrents are mounted all the same, and the log says that they will be forgotten.</summary>
internal sealed class LibraryMemory(LibraryStore store, ILogger log)
{
    /// <summary>Everything remembered; what is damaged is told.</summary>
    public IReadOnlyList<RememberedTorrent> Load() => store.Load((file, reason) => LibraryLog.Damaged(log, file, reason));

    /// <inheritdoc cref="LibraryStore.RemovedAt"/>
    public DateTime? RemovedAt(InfoHash torrent) => store.RemovedAt(torrent);

    public void Remember(LibraryMember member) => Try(member.Called, () =>
    {
        var document = member.Document;
        if (document.Torrent is { } bytes)
        {
            store.SaveTorrent(member.InfoHash, bytes.Span);
        }
        else if (document.Magnet is { } link)
        {
            store.SaveMagnet(member.InfoHash, link);
        }
    });

    /// <summary>Remembers what the swarm has told of a link's torrent.</summary>
    public void RememberInfo(InfoDictionary info, string called) => Try(called, () => store.SaveInfo(info.InfoHash, info.Bytes.Span));

    public void RememberName(InfoHash torrent, string name) => Try(name, () => store.SaveName(torrent, name));

    public void Forget(LibraryMember member) => Try($"that {member.Called} was removed", () => store.Remove(member.InfoHash, member.IsWatched));

    private void Try(string what, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LibraryLog.NotRemembered(log, what, e.Message);
        }
    }
}
