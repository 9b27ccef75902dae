using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Numerics;
using System.Runtime.InteropServices;
using BtFs.Engine.Network;
using BtFs.Protocol.Filters;

namespace BtFs.Engine;

/// <summary>Addresses not to speak with: ranges, sorted, 8 bytes for one of IPv4 and 32 for one of IPv6. A question is a binary search. Thread-safe.</summary>
public sealed class AddressFilter
{
    /// <summary>Ranges read from one list at most, so that a wrong file does not fill the memory.</summary>
    public const int MaxRanges = 4_000_000;

    private const int GzipMagic = 0x8b1f;

    private readonly uint[] _firsts;
    private readonly uint[] _lasts;
    private readonly UInt128[] _longFirsts;
    private readonly UInt128[] _longLasts;

    private AddressFilter(List<ulong> ranges, List<(UInt128 First, UInt128 Last)> longRanges)
    {
        // First and last in one number: sorting that needs no comparer.
        ranges.Sort();
        Merge(ranges, range => range >> 32, range => range & uint.MaxValue, (first, last) => (first << 32) | last);
        _firsts = Column(ranges, range => (uint)(range >> 32));
        _lasts = Column(ranges, range => (uint)(range & uint.MaxValue));
        longRanges.Sort();
        Merge(longRanges, range => range.First, range => range.Last, (first, last) => (first, last));
        _longFirsts = Column(longRanges, range => range.First);
        _longLasts = Column(longRanges, range => range.Last);
    }

    /// <summary>Ranges, those that touch or overlap taken together.</summary>
    public int Count => _firsts.Length + _longFirsts.Length;

    /// <summary>Lines that made no sense, and were passed over.</summary>
    public int BadLines { get; private init; }

    /// <summary>The number of the first of them, from 1; 0 for none.</summary>
    public int FirstBadLine { get; private init; }

    /// <summary>Reads a list, plain or compressed with gzip.</summary>
    /// <exception cref="InvalidDataException">It has more than <see cref="MaxRanges"/> ranges, or is compressed and damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static AddressFilter Read(Stream file)
    {
        // A pipe cannot be wound back.
        using var whole = new MemoryStream();
        var source = file.CanSeek ? file : whole;
        if (!file.CanSeek)
        {
            file.CopyTo(whole);
        }

        source.Position = 0;
        var begin = new byte[sizeof(ushort)];
        var isPacked = source.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) == begin.Length
            && BinaryPrimitives.ReadUInt16LittleEndian(begin) == GzipMagic;
        source.Position = 0;
        if (!isPacked)
        {
            return ReadLines(source);
        }

        using var unpacked = new GZipStream(source, CompressionMode.Decompress, leaveOpen: true);
        return ReadLines(unpacked);
    }

    /// <summary>Whether an address is one of them. An IPv4 address inside an IPv6 one counts as itself.</summary>
    public bool Contains(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (length == 16 && !address.IsIPv4MappedToIPv6)
        {
            return IsIn(_longFirsts, _longLasts, BinaryPrimitives.ReadUInt128BigEndian(bytes));
        }

        return IsIn(_firsts, _lasts, BinaryPrimitives.ReadUInt32BigEndian(bytes[(length - 4)..length]));
    }

    private static AddressFilter ReadLines(Stream text)
    {
        var ranges = new List<ulong>();
        var longRanges = new List<(UInt128 First, UInt128 Last)>();
        int number = 0, bad = 0, firstBad = 0;
        var lines = new LineReader(text);
        while (lines.TryRead(out var line))
        {
            number++;
            if (!FilterLine.TryRead(line, out var range))
            {
                bad++;
                firstBad = firstBad == 0 ? number : firstBad;
            }
            else if (range is { IsIPv6: true } wide)
            {
                longRanges.Add((wide.First, wide.Last));
            }
            else if (range is { } narrow)
            {
                ranges.Add(((ulong)narrow.First << 32) | (ulong)narrow.Last);
            }

            if (ranges.Count + longRanges.Count > MaxRanges)
            {
                throw new InvalidDataException($"it has more than {MaxRanges} ranges");
            }
        }

        return new AddressFilter(ranges, longRanges) { BadLines = bad, FirstBadLine = firstBad };
    }

    /// <summary>Makes one range of those that touch or overlap, in place: a long list is a good part of all memory.</summary>
    private static void Merge<TRange, TAddress>(
        List<TRange> sorted, Func<TRange, TAddress> first, Func<TRange, TAddress> last, Func<TAddress, TAddress, TRange> range)
        where TAddress : struct, IBinaryInteger<TAddress>
    {
        var merged = 0;
        foreach (var next in CollectionsMarshal.AsSpan(sorted))
        {
            var before = merged > 0 ? sorted[merged - 1] : default!;
            if (merged > 0 && (first(next) <= last(before) || first(next) - TAddress.One == last(before)))
            {
                sorted[merged - 1] = range(first(before), TAddress.Max(last(before), last(next)));
            }
            else
            {
                sorted[merged++] = next;
            }
        }

        sorted.RemoveRange(merged, sorted.Count - merged);
    }

    private static TAddress[] Column<TRange, TAddress>(List<TRange> ranges, Func<TRange, TAddress> address)
    {
        var all = new TAddress[ranges.Count];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = address(ranges[i]);
        }

        return all;
    }

    private static bool IsIn<T>(T[] firsts, T[] lasts, T address)
        where T : IComparable<T>
    {
        var found = Array.BinarySearch(firsts, address);

        // Where it would stand, less one: the last range that begins before it.
        var before = found >= 0 ? found : ~found - 1;
        return before >= 0 && address.CompareTo(lasts[before]) <= 0;
    }
}
