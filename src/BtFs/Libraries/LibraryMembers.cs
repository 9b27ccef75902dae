using BtFs.Engine;
using BtFs.Mount;
using BtFs.Protocol.Metainfo;
using BtFs.Status;

namespace BtFs.Libraries;

/// <summary>The torrents of a library. Safe from any thread.</summary>
internal sealed class LibraryMembers
{
    private readonly Lock _lock = new();
    private readonly Dictionary<InfoHash, LibraryMember> _members = [];

    /// <summary>How many there are, and how many of them have no folder yet.</summary>
    public (int All, int Unknown) Count
    {
        get
        {
            lock (_lock)
            {
                return (_members.Count, _members.Values.Count(member => member.Name is null));
            }
        }
    }

    /// <summary>All of them, at this moment.</summary>
    public IReadOnlyList<LibraryMember> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _members.Values];
            }
        }
    }

    public void Add(LibraryMember member)
    {
        lock (_lock)
        {
            _members.Add(member.InfoHash, member);
        }
    }

    public void Remove(LibraryMember member)
    {
        lock (_lock)
        {
            _members.Remove(member.InfoHash);
        }
    }

    /// <summary>All of them at this moment, for who tells of them.</summary>
    public IReadOnlyList<ShownTorrent> Shown
    {
        get
        {
            lock (_lock)
            {
                return [.. _members.Values.Select(member => member.Shown)];
            }
        }
    }

    /// <summary>A member has its folder.</summary>
    public void Show(LibraryMember member, string name, FileTree tree, ITorrentContent content)
    {
        lock (_lock)
        {
            member.Name = name;
            member.Shown = new ShownTorrent(member.Torrent, content, tree, "/" + name);
        }
    }

    public LibraryMember? Find(InfoHash torrent)
    {
        lock (_lock)
        {
            return _members.GetValueOrDefault(torrent);
        }
    }

    /// <summary>Finds one by its folder's name, else by its infohash.</summary>
    public LibraryMember? Find(string which)
    {
        lock (_lock)
        {
            return _members.Values.FirstOrDefault(member => member.Name == which)
                ?? _members.Values.FirstOrDefault(member => member.InfoHash.ToString().Equals(which, StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>Whether a folder has that name, or is to have it again.</summary>
    public bool IsTaken(string name)
    {
        lock (_lock)
        {
            return _members.Values.Any(member => (member.Name ?? member.FormerName) == name);
        }
    }
}
