using System.CommandLine;

namespace BtFs.Commands;

/// <summary>The options of <c>btfs cache</c>.</summary>
internal static class CacheOptions
{
    public static readonly Argument<string[]> Operands = new("INFOHASH") { Arity = ArgumentArity.ZeroOrMore };

    public static readonly Option<string> DataDirectory = new("--data-directory") { Recursive = true };
    public static readonly Option<bool> Json = new("--json");
    public static readonly Option<bool> All = new("--all");
}
