using BtFs.Engine.Containers;

namespace BtFs.Engine.Tests.Containers;

public class ZipIndexTests
{
    [Fact]
    public void An_archive_can_be_listed_from_what_is_found_and_the_record_at_its_end() => Check(SampleArchives.Make(), endLength: 22);

    [Fact]
    public void A_comment_of_any_length_behind_the_record_is_no_obstacle()
    {
        Check(SampleArchives.Make(new string('c', 1)), endLength: 23);
        Check(SampleArchives.Make(new string('c', ZipIndex.MaxComment)), endLength: 22 + ZipIndex.MaxComment);
    }

    [Fact]
    public void The_directory_of_a_zip64_archive_is_found_by_its_longer_record() =>
        Check(SampleArchives.AsZip64(SampleArchives.Make()), endLength: 56 + 20 + 22);

    [Fact]
    public void An_archive_without_a_comment_is_probed_by_42_bytes_only()
    {
        var archive = SampleArchives.Make();
        Assert.Equal([new FileRange(archive.Length - 42, 42)], Walk.Through(archive).Reads);
    }

    [Fact]
    public void An_archive_whose_end_is_cut_off_has_no_directory()
    {
        var walk = Walk.Through(SampleArchives.Make()[..^1]);
        Assert.True(walk.IsRecognised);
        Assert.Null(walk.Found);
    }

    private static void Check(byte[] archive, int endLength)
    {
        var found = Walk.Through(archive).Found!.Value;
        var end = archive.Length - endLength;

        Assert.Equal(end, found.End);
        var names = SampleArchives.NamesWith(archive, (found.Start, found.Length), (end, endLength));
        Assert.Equal(SampleArchives.NamesWith(archive, (0, archive.Length)), names);
        Assert.Equal(300, names.Count);

        // One byte less, and it could not: nothing too much is fetched.
        Assert.Equal("PK\u0001\u0002"u8.ToArray(), archive.AsSpan((int)found.Start, 4).ToArray());
    }
}
