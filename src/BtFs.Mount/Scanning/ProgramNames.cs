using BtFs.Fuse;

namespace BtFs.Mount.Scanning;

/// <summary>Names of programs, each also as the kernel cuts it. Immutable; safe from any thread.</summary>
internal sealed class ProgramNames(IReadOnlyList<string> names)
{
    private readonly HashSet<string> _names =
        [.. names, .. names.Where(name => name.Length > CallerProgram.CutLength).Select(name => name[..CallerProgram.CutLength])];

    /// <summary>Whether it is one of them.</summary>
    public bool Contain(string? name) => name is not null && _names.Contains(name);
}
