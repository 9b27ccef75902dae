using System.CommandLine;
using BtFs.Engine;

namespace BtFs.Commands;

/// <summary>Where the user wants downloaded bytes kept, and how many of them.</summary>
internal sealed record CachePreference
{
    /// <summary>The least that is of any use: a few blocks of each peer.</summary>
    private const long LeastMemory = 1L << 20;

    private static readonly EngineOptions Usual = new() { CacheDirectory = null };

    /// <summary>Whether nothing is to be written to any disk.</summary>
    public bool IsInMemory { get; init; }

    /// <summary>Verified bytes held in memory.</summary>
    public long MemoryBytes { get; init; } = Usual.MemoryCacheBytes;

    /// <summary>What the cache directory may take.</summary>
    public DiskShare Limit { get; init; } = Usual.CacheLimit;

    /// <summary>What must stay free.</summary>
    public DiskShare MinFree { get; init; } = Usual.CacheMinFree;

    /// <summary>Reads what was said of the cache.</summary>
    /// <exception cref="CommandException">A value makes no sense, or it does not go with another one.</exception>
    public static CachePreference Read(ParseResult line)
    {
        var request = Place(line.GetValue(MountOptions.Cache));
        var limit = Share(line, MountOptions.CacheSize, "unlimited");
        var minFree = Share(line, MountOptions.CacheMinFree, word: null);
        return request.IsInMemory && (limit ?? minFree) is not null
            ? throw new CommandException(ExitCode.Usage, "--cache=memory", "nothing is written to a disk, so there is no --cache-size and no --cache-min-free", "Try: --cache=memory:256M")
            : request with { Limit = limit ?? request.Limit, MinFree = minFree ?? request.MinFree };
    }

    private static CachePreference Place(string? text) => text switch
    {
        null or "disk" => new CachePreference(),
        "memory" => new CachePreference { IsInMemory = true },
        ['m', 'e', 'm', 'o', 'r', 'y', ':', .. var size] when Quantities.TrySize(size, out var bytes) && bytes >= LeastMemory =>
            new CachePreference { IsInMemory = true, MemoryBytes = bytes },
        _ => throw new CommandException(ExitCode.Usage, $"--cache={text}", "it is disk, memory, or memory:SIZE with a size of 1M or more, as in memory:256M"),
    };

    private static DiskShare? Share(ParseResult line, Option<string> option, string? word)
    {
        if (line.GetValue(option) is not { } text)
        {
            return null;
        }

        if (word is not null && text == word)
        {
            return DiskShare.Unlimited;
        }

        return Quantities.TryShare(text, out var share)
            ? share
            : throw new CommandException(
                ExitCode.Usage, $"{option.Name}={text}", $"a size is a number of bytes, or has a unit, as in 200M or 20GiB, or is a part of the disk, as in 5%{(word is null ? "" : $", or is '{word}'")}");
    }
}
