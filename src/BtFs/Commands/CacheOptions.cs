using System.CommandLine;
using static BtFs.Commands.OptionDraft;

namespace BtFs.Commands;

/// <summary>The options of <c>btfs cache</c>.</summary>
internal static class CacheOptions
{
    public static readonly Argument<string[]> Operands = new("INFOHASH") { Arity = ArgumentArity.ZeroOrMore };

    public static readonly Option<string> DataDirectory = Taking("--data-directory", "DIR", "where the cache is [$XDG_CACHE_HOME/btfs or ~/.cache/btfs]");
    public static readonly Option<bool> Json = Flag("--json", "list for programs");
    public static readonly Option<bool> All = Flag("--all", "clean what is pinned, too");

    public static readonly HelpPage List = new(
        ["btfs cache [list] [options]", "btfs cache clean [options] [--all | INFOHASH]"],
        """
        Shows which torrents are in the cache, and removes them from it. A torrent is
        there while it is mounted, and longer if it was mounted with --keep ("pinned")
        or with --cache-persist ("kept"). "clean" removes what is neither pinned nor
        in use; INFOHASH, or an unambiguous beginning of it, just that torrent, pinned
        or not.
        """,
        new OptionGroup("options", DataDirectory, Json));

    public static readonly HelpPage Clean = new(
        ["btfs cache clean [options] [--all | INFOHASH]"],
        """
        Removes from the cache what is neither pinned nor in use; or just the torrent
        whose infohash begins with INFOHASH, pinned or not.
        """,
        new OptionGroup("options", DataDirectory, All));
}
