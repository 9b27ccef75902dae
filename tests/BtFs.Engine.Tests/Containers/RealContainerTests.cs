using System.Buffers.Binary;
using BtFs.Engine.Containers;

namespace BtFs.Engine.Tests.Containers;

[Collection(SampleFilms.Collection)]
public class RealContainerTests(SampleFilms films)
{
    private static readonly byte[] CuesId = [0x1c, 0x53, 0xbb, 0x6b];

    [Fact]
    public void The_moov_behind_the_media_of_an_mp4_is_found_to_the_byte()
    {
        Assert.Equal(Naive(films.Mp4, "moov"u8), Walk.Through(films.Mp4).Found);
        Assert.Equal(Naive(films.QuickTime, "moov"u8), Walk.Through(films.QuickTime).Found);
    }

    [Fact]
    public void The_way_to_the_moov_leads_through_its_header_alone()
    {
        var walk = Walk.Through(films.Mp4);
        var moov = Naive(films.Mp4, "moov"u8);

        Assert.Equal(new FileRange(moov.Start, 16), walk.Reads[^1]);
        Assert.All(walk.Reads.SkipLast(1), read => Assert.InRange(read.End, 0, 1024));
    }

    [Fact]
    public void An_index_before_the_media_is_left_to_the_reader()
    {
        foreach (var film in new[] { films.FastStartMp4, films.CuesFirstMatroska })
        {
            var walk = Walk.Through(film);
            Assert.True(walk.IsRecognised);
            Assert.Null(walk.Found);
            Assert.All(walk.Reads, read => Assert.InRange(read.End, 0, 64 * 1024));
        }
    }

    [Fact]
    public void The_random_access_box_of_a_fragmented_mp4_is_found_by_the_last_sixteen_bytes()
    {
        var file = films.FragmentedMp4;
        var walk = Walk.Through(file);

        Assert.Equal(Naive(file, "mfra"u8), walk.Found);
        Assert.Contains(new FileRange(file.Length - 16, 16), walk.Reads);
    }

    [Fact]
    public void The_cues_of_a_matroska_or_webm_film_are_found_through_its_seek_head()
    {
        foreach (var film in new[] { films.Matroska, films.WebM })
        {
            var found = Walk.Through(film).Found;

            // ffmpeg writes Cues last, and knows their length.
            Assert.Equal(film.AsSpan().LastIndexOf(CuesId), found!.Value.Start);
            Assert.Equal(film.Length, found.Value.End);
        }
    }

    [Fact]
    public void A_live_recording_has_no_cues_and_none_are_looked_for_beyond_its_head()
    {
        var walk = Walk.Through(films.LiveMatroska);

        Assert.True(walk.IsRecognised);
        Assert.Null(walk.Found);
        Assert.All(walk.Reads, read => Assert.InRange(read.End, 0, 64 * 1024));
    }

    [Fact]
    public void The_index_behind_the_media_of_an_avi_is_found_to_the_byte()
    {
        var file = films.Avi;
        var start = file.AsSpan().LastIndexOf("idx1"u8);
        var length = 8 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(start + 4));

        Assert.Equal(new FileRange(start, length), Walk.Through(file).Found);
    }

    /// <summary>The last place where a box's name stands, without any walk.</summary>
    private static FileRange Naive(byte[] file, ReadOnlySpan<byte> name)
    {
        var start = file.AsSpan().LastIndexOf(name) - 4;
        Assert.True(start > file.Length / 2, "The sample's index is not at its end.");
        return new FileRange(start, BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(start)));
    }
}
