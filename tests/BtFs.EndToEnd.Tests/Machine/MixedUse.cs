using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BtFs.EndToEnd.Machine;

/// <summary>One program that does all sorts of things to a folder, and to another that should be the same, and compares. Seeded.</summary>
internal sealed partial class MixedUse(string mounted, string original, IReadOnlyList<string> files, int seed) : IDisposable
{
    private const int MostOpen = 6;
    private const int Longest = 300_000;
    private const int ForgetPages = 4;

    private readonly Random _random = new(seed);
    private readonly byte[] _read = new byte[Longest];
    private readonly byte[] _expected = new byte[Longest];
    private readonly List<Open> _open = [];

    /// <summary>Bytes compared so far.</summary>
    public long Compared { get; private set; }

    /// <summary>Does so many things; stops at the first difference.</summary>
    /// <exception cref="InvalidDataException">The two differ; says in what.</exception>
    public void Run(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            Step(_random.Next(100));
        }
    }

    public void Dispose()
    {
        foreach (var open in _open)
        {
            open.Dispose();
        }
    }

    private void Step(int dice)
    {
        switch (dice)
        {
            case < 4 or _ when _open.Count == 0: OpenOne(); break;
            case < 8: CloseOne(); break;
            case < 12: CompareStatus(); break;
            case < 14: CompareListing(); break;
            case < 16: Forget(); break;
            case < 70: ReadOn(); break;
            default: ReadAnywhere(); break;
        }
    }

    private void OpenOne()
    {
        if (_open.Count == MostOpen)
        {
            CloseOne();
        }

        var name = files[_random.Next(files.Count)];
        _open.Add(new Open(name, File.OpenHandle(Path.Combine(mounted, name)), File.OpenHandle(Path.Combine(original, name))));
    }

    private void CloseOne()
    {
        var at = _random.Next(_open.Count);
        _open[at].Dispose();
        _open.RemoveAt(at);
    }

    private void ReadOn()
    {
        var open = _open[_random.Next(_open.Count)];
        open.At += Compare(open, open.At, 1 + _random.Next(_random.Next(4) == 0 ? Longest : 20_000));
        if (open.At >= open.Length)
        {
            open.At = 0;
        }
    }

    private void ReadAnywhere()
    {
        var open = _open[_random.Next(_open.Count)];
        var offset = _random.Next(8) switch
        {
            0 => 0,
            1 => Math.Max(open.Length - 5_000, 0),
            2 => open.Length + _random.Next(100),
            _ => _random.NextInt64(open.Length + 1),
        };
        Compare(open, offset, 1 + _random.Next(_random.Next(8) == 0 ? Longest : 9_000));
    }

    private int Compare(Open open, long offset, int length)
    {
        var read = RandomAccess.Read(open.Mounted, _read.AsSpan(0, length), offset);
        var expected = RandomAccess.Read(open.Original, _expected.AsSpan(0, length), offset);
        if (read != expected || !_read.AsSpan(0, read).SequenceEqual(_expected.AsSpan(0, read)))
        {
            throw new InvalidDataException($"{open.Name}: {length} bytes at {offset} differ ({read} read, {expected} expected).");
        }

        Compared += read;
        return read;
    }

    private void CompareStatus()
    {
        var name = files[_random.Next(files.Count)];
        var (here, there) = (new FileInfo(Path.Combine(mounted, name)), new FileInfo(Path.Combine(original, name)));
        if (here.Length != there.Length || !here.Exists)
        {
            throw new InvalidDataException($"{name} has {here.Length} bytes, and {there.Length} expected.");
        }
    }

    private void CompareListing()
    {
        static string[] Names(string root) =>
            [.. Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)).Order(StringComparer.Ordinal)];
        if (!Names(mounted).SequenceEqual(Names(original)))
        {
            throw new InvalidDataException("The listings differ.");
        }
    }

    /// <summary>Has the kernel drop what it holds of a file, so that later reads reach the file system again.</summary>
    private void Forget() => _ = posix_fadvise(_open[_random.Next(_open.Count)].Mounted, 0, 0, ForgetPages);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(SafeHandle file, long offset, long length, int advice);

    private sealed record Open(string Name, SafeFileHandle Mounted, SafeFileHandle Original) : IDisposable
    {
        public long Length { get; } = RandomAccess.GetLength(Original);

        public long At { get; set; }

        public void Dispose()
        {
            Mounted.Dispose();
            Original.Dispose();
        }
    }
}
