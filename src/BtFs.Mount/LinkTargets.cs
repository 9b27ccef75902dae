using System.Text;
using BtFs.Fuse;

namespace BtFs.Mount;

/// <summary>Finds out where the symbolic links of a torrent lead, and which of them may be shown (BEP 47).</summary>
/// <remarks>
/// A shown link leads straight to a file, or to a folder with no link below it. So it never leaves the torrent, never leads to another link, and
/// a program that follows links (<c>find -L</c>, <c>tar -h</c>) always comes to an end. Links through other links are resolved first, as library
/// bundles need it; absolute targets, <c>..</c>, loops and dangling links are not shown.
/// </remarks>
internal sealed class LinkTargets(TreeDraft content)
{
    /// <summary>Links followed before a chain counts as a loop: MAXSYMLINKS of Linux.</summary>
    public const int LongestChain = 40;

    /// <summary>Longest target in bytes: PATH_MAX without its NUL.</summary>
    public const int LongestTarget = 4095;

    private readonly Dictionary<TreeDraft, TreeDraft?> _resolved = [];

    /// <summary>The text of a link, relative to its own folder, or null when it must not be shown.</summary>
    public string? TextOf(TreeDraft link)
    {
        var target = Resolve(link, LongestChain);
        if (target is null || target.Kind == NodeKind.Directory && target.LinksBelow > 0)
        {
            return null;
        }

        var text = Relative(link.Parent!, target);
        return Encoding.UTF8.GetByteCount(text) <= LongestTarget ? text : null;
    }

    private TreeDraft? Resolve(TreeDraft link, int hopsLeft)
    {
        if (_resolved.TryGetValue(link, out var known))
        {
            return known;
        }

        // A link met again while it is being resolved is a loop: it finds this null.
        _resolved[link] = null;
        var at = hopsLeft > 0 && link.TargetPath.Count > 0 ? content : null;
        foreach (var element in link.TargetPath)
        {
            at = Step(at, element.Span, hopsLeft);
        }

        return _resolved[link] = at;
    }

    private TreeDraft? Step(TreeDraft? folder, ReadOnlySpan<byte> element, int hopsLeft)
    {
        if (folder is null || element.IsEmpty || element.SequenceEqual("."u8) || element.SequenceEqual(".."u8) || element.Contains((byte)'/')
            || !folder.Children.TryGetValue(FileNames.Clean(element), out var next))
        {
            return null;
        }

        return next.Kind == NodeKind.SymbolicLink ? Resolve(next, hopsLeft - 1) : next;
    }

    private static string Relative(TreeDraft from, TreeDraft to)
    {
        var down = new Stack<string>();
        var up = 0;
        while (from != to)
        {
            if (to.Depth >= from.Depth)
            {
                down.Push(to.Name);
                to = to.Parent!;
            }
            else
            {
                up++;
                from = from.Parent!;
            }
        }

        var path = string.Join('/', Enumerable.Repeat("..", up).Concat(down));
        return path.Length == 0 ? "." : path;
    }
}
