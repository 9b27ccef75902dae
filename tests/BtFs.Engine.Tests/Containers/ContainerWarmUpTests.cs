using BtFs.Engine.Containers;
using BtFs.Engine.Layout;
using BtFs.Engine.Torrents;

namespace BtFs.Engine.Tests.Containers;

[Collection(SampleFilms.Collection)]
public class ContainerWarmUpTests(SampleFilms films)
{
    private const int HeadRead = 128 * 1024;

    [Fact]
    public void After_the_head_of_a_file_was_read_the_pieces_of_its_index_are_fetched_and_no_others()
    {
        foreach (var file in new[] { films.Mp4, films.QuickTime, films.FragmentedMp4, films.Matroska, films.WebM, films.Avi, SampleArchives.Make() })
        {
            var rig = new WarmUpRig(file);
            var warmUp = rig.WarmUps.Open(WarmUpRig.File)!;
            rig.Bring(0, HeadRead);
            rig.Answer(warmUp, 0, HeadRead);
            for (var i = 0; i < 5; i++)
            {
                rig.Deliver();
                rig.Answer(warmUp, HeadRead / 2, HeadRead / 2);
            }

            // What follows the index in these files is its own pointer: mfro, or the record at the end of a ZIP.
            var index = Walk.Through(file).Found!.Value;
            var probes = Walk.Through(file).Reads.Where(read => read.Start >= HeadRead).SelectMany(read => rig.PiecesOf(read.Start, read.End));
            Assert.Equal(rig.PiecesOf(index.Start, index.End).Union(probes).Order(), rig.Fetched.Order());
        }
    }

    [Fact]
    public void The_index_is_asked_for_as_soon_as_the_head_has_been_read()
    {
        var rig = new WarmUpRig(films.Mp4);
        var index = Walk.Through(films.Mp4).Found!.Value;

        rig.Answer(rig.WarmUps.Open(WarmUpRig.File)!, 0, HeadRead);

        Assert.Equal(rig.PiecesOf(index.Start, index.Start + 16), rig.Wanted);
    }

    [Fact]
    public void A_jump_to_the_index_has_the_rest_of_it_asked_for_when_its_first_bytes_are_answered()
    {
        var rig = new WarmUpRig(films.Mp4);
        var warmUp = rig.WarmUps.Open(WarmUpRig.File)!;
        var index = Walk.Through(films.Mp4).Found!.Value;
        rig.Answer(warmUp, 0, HeadRead);

        rig.Answer(warmUp, index.Start, 16);

        Assert.Equal(rig.PiecesOf(index.Start, index.End), rig.Wanted.Order());
    }

    [Fact]
    public void Nothing_is_asked_for_when_the_index_is_at_the_head_or_the_file_is_no_container()
    {
        var noise = new byte[5 << 20];
        new Random(3).NextBytes(noise);
        foreach (var file in new[] { films.FastStartMp4, films.CuesFirstMatroska, films.LiveMatroska, noise })
        {
            var rig = new WarmUpRig(file);
            rig.Answer(rig.WarmUps.Open(WarmUpRig.File)!, 0, HeadRead);
            Assert.Equal(0, rig.Posts);
        }
    }

    [Fact]
    public void Whoever_does_not_read_the_head_costs_nothing()
    {
        var rig = new WarmUpRig(films.Mp4);
        rig.Bring(0, HeadRead);
        var warmUp = rig.WarmUps.Open(WarmUpRig.File)!;

        rig.Answer(warmUp, 1 << 20, HeadRead);
        rig.Answer(warmUp, 4096, HeadRead);

        Assert.Equal(0, rig.Posts);
    }

    [Fact]
    public void Two_handles_on_one_file_look_for_its_index_once()
    {
        var rig = new WarmUpRig(films.Mp4);
        var first = rig.WarmUps.Open(WarmUpRig.File)!;
        var second = rig.WarmUps.Open(WarmUpRig.File)!;
        rig.Answer(first, 0, HeadRead);
        rig.Answer(second, 0, HeadRead);
        Assert.Equal(1, rig.Posts);

        rig.WarmUps.Close(first);
        Assert.NotEmpty(rig.Wanted);

        rig.WarmUps.Close(second);
        Assert.Empty(rig.Wanted);
    }

    [Fact]
    public void After_the_last_handle_was_closed_a_late_answer_asks_for_nothing_and_the_next_handle_begins_anew()
    {
        var rig = new WarmUpRig(films.Mp4);
        var closed = rig.WarmUps.Open(WarmUpRig.File)!;
        rig.WarmUps.Close(closed);
        rig.Answer(closed, 0, HeadRead);
        Assert.Equal(0, rig.Posts);

        rig.Answer(rig.WarmUps.Open(WarmUpRig.File)!, 0, HeadRead);
        Assert.NotEmpty(rig.Wanted);
    }

    [Fact]
    public void A_short_file_and_a_complete_one_are_left_alone()
    {
        Assert.Null(new WarmUpRig(new byte[ContainerWarmUp.MinFileLength - 1]).WarmUps.Open(WarmUpRig.File));
        Assert.NotNull(new WarmUpRig(new byte[ContainerWarmUp.MinFileLength]).WarmUps.Open(WarmUpRig.File));

        var rig = new WarmUpRig(films.Mp4);
        foreach (var piece in rig.PiecesOf(0, films.Mp4.Length))
        {
            rig.Pieces.Apply(new PieceIndex(piece), PieceEvent.Started);
            rig.Pieces.Apply(new PieceIndex(piece), PieceEvent.LastBlockArrived);
            rig.Pieces.Apply(new PieceIndex(piece), PieceEvent.Stored);
        }

        Assert.Null(rig.WarmUps.Open(WarmUpRig.File));
    }

    [Fact]
    public void A_read_too_short_to_know_the_file_by_is_no_beginning_but_a_longer_one_is()
    {
        var rig = new WarmUpRig(films.Mp4);
        var warmUp = rig.WarmUps.Open(WarmUpRig.File)!;
        rig.Answer(warmUp, 0, ContainerFormat.HeadLength - 1);
        Assert.Equal(0, rig.Posts);

        rig.Answer(warmUp, 0, 4096);
        Assert.NotEmpty(rig.Wanted);
    }
}
