using BtFs.Status;
using BtFs.Status.Document;

namespace BtFs.Tests.Status;

public sealed class StatusPageTests
{
    [Fact]
    public void The_page_tells_who_reads_what_where_and_what_for_it_waits()
    {
        var lines = StatusPage.Lines(SampleStatus.With("film.mkv"), new PageStyle { Width = 160 }).ToList();

        Assert.Equal("/mnt/film.mkv  btfs 0.1.0, process 4242, for 3 h 0 min", lines[0]);
        Assert.Contains(lines, line => line.TrimStart().StartsWith("film.mkv       77  film.mkv  33 %  9.5 MiB  977 KiB/s  piece 95, 4 s: 3 of 14 peers have it, asked of 2, 62 % here (192.0.2.1:6881, film.mkv)", StringComparison.Ordinal));
        Assert.Contains("    192.0.2.1:6881  utp  ieDU!  50 %  1.1 MiB/s  2.9 KiB/s  42 ms    12  film.mkv", lines);
        Assert.Contains(lines, line => line.Contains("the rarest has 1 copy", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("no film.mkv", StringComparison.Ordinal));
        Assert.Contains("    film.mkv  over budget      12  195 KiB  391 KiB  3", lines);
    }

    [Theory]
    [InlineData("\u001b[2J\u001b]0;title\u0007", 80)]
    [InlineData("a\r\nb\tc\0", 80)]
    [InlineData("\u202egpj.exe\u2066", 80)]
    [InlineData("日本語のとても長いファイル名がここにあります、そしてまだ続きます.mkv", 60)]
    [InlineData("e\u0301\u0301\u0301👍🏽\ud800", 40)]
    [InlineData("film.mkv", 20)]
    [InlineData("", 20)]
    public void Whatever_a_name_is_no_line_drives_the_terminal_or_is_wider_than_the_page(string name, int width)
    {
        var style = new PageStyle { Width = width };
        var document = SampleStatus.With(name);
        var lines = StatusPage.Lines(document, style).Concat(PieceTable.Lines(document, style)).Concat(PeerTable.Of(document.Torrents[0].Peers, style).Lines());

        Assert.All(lines, line =>
        {
            Assert.DoesNotContain(line, char.IsControl);
            Assert.DoesNotContain(line, character => character is '\u202e' or '\u2066');
            Assert.InRange(DisplayWidth.Of(line), 0, width);
        });
    }

    [Fact]
    public void Without_colours_nothing_is_coloured_and_with_them_every_colour_ends_in_its_line()
    {
        var document = SampleStatus.With("film");

        Assert.DoesNotContain(StatusPage.Lines(document, new PageStyle()), line => line.Contains('\x1b'));
        var coloured = StatusPage.Lines(document, new PageStyle { IsColoured = true }).Where(line => line.Contains('\x1b')).ToList();
        Assert.NotEmpty(coloured);
        Assert.All(coloured, line => Assert.EndsWith("\x1b[0m", line));
    }

    [Fact]
    public void A_torrent_that_nobody_has_described_yet_is_shown_as_such()
    {
        var sample = SampleStatus.With("film");
        var waiting = sample.Torrents[0] with { State = "resolving", Pieces = null, Files = [], Readers = [], MetadataReceived = 16_384, MetadataLength = 65_536 };

        var lines = StatusPage.Lines(sample with { Torrents = [waiting] }, new PageStyle());

        Assert.Contains("  waiting for its description: 16 KiB of 64 KiB", lines);
    }

    [Fact]
    public void Of_many_files_those_that_are_read_come_first_and_the_rest_is_counted()
    {
        var sample = SampleStatus.With("read.mkv");
        var others = Enumerable.Range(0, 50).Select(i => new FileEntry { Path = $"/a{i}", Length = 100, Present = 0, Availability = 1 });
        var torrent = sample.Torrents[0] with { Files = [.. others, .. sample.Torrents[0].Files], FilesLeftOut = 7 };

        var lines = StatusPage.Lines(sample with { Torrents = [torrent] }, new PageStyle()).ToList();

        var heads = lines.FindIndex(line => line.Contains("COPIES", StringComparison.Ordinal));
        Assert.EndsWith("read.mkv", lines[heads + 1]);
        Assert.Contains("    … and 48 more files", lines);
    }

    [Fact]
    public void Files_of_one_path_do_not_confuse_the_page()
    {
        var sample = SampleStatus.With("x");
        var twice = sample.Torrents[0] with { Files = [sample.Torrents[0].Files[0], sample.Torrents[0].Files[0]] };

        Assert.NotEmpty(StatusPage.Lines(sample with { Torrents = [twice] }, new PageStyle()).ToList());
    }
}
