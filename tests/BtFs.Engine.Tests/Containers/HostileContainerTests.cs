using System.Buffers.Binary;
using System.Text;
using BtFs.Engine.Containers;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Engine.Tests.Containers;

/// <summary>Whatever a file claims, the walk ends, stays in the file and costs little: <see cref="Walk"/> asserts that at each step.</summary>
[Collection(SampleFilms.Collection)]
public class HostileContainerTests(SampleFilms films)
{
    private const long Huge = 1L << 50;

    [Fact]
    public void No_damage_to_a_real_file_makes_a_walk_throw_or_leave_the_file_or_go_on_for_ever()
    {
        var files = films.All.Append(SampleArchives.Make()).Append(SampleArchives.AsZip64(SampleArchives.Make())).ToArray();
        var numbers = Gen.Elements(0UL, 1UL, 8UL, 1UL << 31, 1UL << 32, 1UL << 56, (1UL << 56) - 1, 1UL << 63, ulong.MaxValue - 7, ulong.MaxValue);
        var patches =
            from number in numbers
            from length in Gen.Choose(1, 8)
            from isLittle in Gen.Elements(true, false)
            select Bytes(number, length, isLittle);
        var damages =
            from file in Gen.Elements(files)
            from claimed in Gen.OneOf(Gen.Constant((long)file.Length), Gen.Choose(1, file.Length).Select(cut => (long)cut), Gen.Constant(ContainerFormat.MaxFileLength))
            from index in Gen.Constant(Walk.Through(file).Found?.Start ?? ContainerFormat.HeadLength)
            from places in Gen.OneOf(
                Gen.Choose(12, 400).Select(at => (long)at),
                Gen.Choose(0, 40).Select(at => index + at),
                Gen.Choose(1, 120).Select(at => (long)file.Length - at)).ArrayOf(3)
            from bytes in patches.ArrayOf(3)
            select (file, claimed, damage: places.Zip(bytes).ToArray());

        Prop.ForAll(damages.ToArbitrary(), sample =>
        {
            var walk = new Walk(sample.claimed, range => Damaged(sample.file, range, sample.damage));
            Assert.True(walk.IsRecognised || sample.claimed < ContainerFormat.HeadLength);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void A_box_that_claims_2_to_the_64_minus_1_bytes_ends_the_walk()
    {
        var walk = Walk.Through(Huge, (0, Box("ftyp", 24)), (24, [0, 0, 0, 1, .. "mdat"u8, .. Bytes(ulong.MaxValue, 8, isLittle: false)]));
        Assert.Null(walk.Found);
        Assert.Equal(2, walk.Reads.Count);
    }

    [Fact]
    public void A_box_shorter_than_its_own_header_ends_the_walk()
    {
        Assert.Single(Walk.Through(Huge, (0, Box("free", 7))).Reads);
        Assert.Single(Walk.Through(Huge, (0, [0, 0, 0, 1, .. "free"u8, .. Bytes(15, 8, isLittle: false)])).Reads);
    }

    [Fact]
    public void A_moov_of_any_claimed_length_costs_its_first_16_MiB_at_most()
    {
        var media = (24L, Box("mdat", 1U << 31));
        var at = 24L + (1L << 31);
        var most = Walk.Through(Huge, (0, Box("ftyp", 24)), media, (at, Box("moov", 16 << 20)));
        var more = Walk.Through(Huge, (0, Box("ftyp", 24)), media, (at, Box("moov", (16 << 20) + 1)));
        var rest = Walk.Through(Huge, (0, Box("ftyp", 24)), media, (at, Box("moov", 0)));

        Assert.Equal(new FileRange(at, 16 << 20), most.Found);
        Assert.Equal(most.Found, more.Found);
        Assert.Equal(most.Found, rest.Found);
    }

    [Fact]
    public void A_chain_of_far_boxes_is_left_after_four_jumps()
    {
        var boxes = Enumerable.Range(0, 10).Select(i => (i * (8L << 20), Box("mdat", 8 << 20))).ToArray();
        Assert.Equal(1 + IndexSearch.MaxJumps, Walk.Through(Huge, boxes).Reads.Count);
    }

    [Fact]
    public void A_chain_of_empty_boxes_is_left_after_64_reads()
    {
        var boxes = Enumerable.Range(0, 100).Select(i => (i * 8L, Box("free", 8))).ToArray();
        Assert.Equal(IndexSearch.MaxReads, Walk.Through(Huge, boxes).Reads.Count);
    }

    [Fact]
    public void Seek_heads_that_point_at_each_other_are_followed_once()
    {
        // EBML, Segment of unknown length, SeekHead with one entry: SeekHead, at position 0, which is itself.
        byte[] entry = [0x4d, 0xbb, 0x8b, 0x53, 0xab, 0x84, 0x11, 0x4d, 0x9b, 0x74, 0x53, 0xac, 0x81, 0x00];
        byte[] film = [0x1a, 0x45, 0xdf, 0xa3, 0x80, 0x18, 0x53, 0x80, 0x67, 0xff, 0x11, 0x4d, 0x9b, 0x74, 0x8e, .. entry];
        var walk = Walk.Through(Huge, (0, film));

        Assert.Null(walk.Found);
        Assert.Equal(6, walk.Reads.Count);
    }

    [Fact]
    public void A_second_seek_head_at_the_end_leads_to_the_cues()
    {
        byte[] first = [0x4d, 0xbb, 0x8e, 0x53, 0xab, 0x84, 0x11, 0x4d, 0x9b, 0x74, 0x53, 0xac, 0x84, 0x10, 0, 0, 0];
        byte[] second = [0x4d, 0xbb, 0x8e, 0x53, 0xab, 0x84, 0x1c, 0x53, 0xbb, 0x6b, 0x53, 0xac, 0x84, 0x20, 0, 0, 0];
        byte[] head = [0x1a, 0x45, 0xdf, 0xa3, 0x80, 0x18, 0x53, 0x80, 0x67, 0xff, 0x11, 0x4d, 0x9b, 0x74, 0x91, .. first];
        const long Segment = 10;
        var walk = Walk.Through(
            Huge,
            (0, head),
            (Segment + 0x10000000, [0x11, 0x4d, 0x9b, 0x74, 0x91, .. second]),
            (Segment + 0x20000000, [0x1c, 0x53, 0xbb, 0x6b, 0x42, 0x00]));

        Assert.Equal(new FileRange(Segment + 0x20000000, 6 + 0x200), walk.Found);
    }

    [Fact]
    public void What_is_no_container_is_not_looked_at()
    {
        Assert.False(Walk.Through(Huge, (0, "%PDF-1.7 and more"u8.ToArray())).IsRecognised);
        Assert.False(Walk.Through(Huge).IsRecognised);
        Assert.True(Walk.Through(ContainerFormat.MaxFileLength, (0, Box("ftyp", 24))).IsRecognised);
        Assert.False(Walk.Through(ContainerFormat.MaxFileLength + 1, (0, Box("ftyp", 24))).IsRecognised);
        Assert.False(Walk.Through(3, (0, "PK\u0003"u8.ToArray())).IsRecognised);
        Assert.False(Walk.Through(Huge, (0, "RIFF\0\0\0\0WAVEfmt "u8.ToArray())).IsRecognised);
    }

    private static byte[] Box(string name, uint length) => [.. Bytes(length, 4, isLittle: false), .. Encoding.ASCII.GetBytes(name)];

    private static byte[] Bytes(ulong number, int length, bool isLittle)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        var shortened = bytes[..length];
        if (!isLittle)
        {
            Array.Reverse(shortened);
        }

        return shortened;
    }

    private static byte[] Damaged(byte[] file, FileRange range, (long At, byte[] Bytes)[] damage)
    {
        var part = new byte[range.Length];
        if (range.Start < file.Length)
        {
            file.AsSpan((int)range.Start, (int)Math.Min(range.Length, file.Length - range.Start)).CopyTo(part);
        }

        foreach (var (at, bytes) in damage)
        {
            Walk.Patch(part, range.Start, at, bytes);
        }

        return part;
    }
}
