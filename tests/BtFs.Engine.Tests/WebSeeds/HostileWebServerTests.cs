using System.Globalization;
using BtFs.Engine.Layout;
using BtFs.Engine.Torrents;
using BtFs.Engine.WebSeeds;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using BtFs.Testing;
using static BtFs.Engine.Tests.WebSeeds.WebSeedRig;

namespace BtFs.Engine.Tests.WebSeeds;

/// <summary>Whatever a web server answers, nothing is taken that was not asked for, and others are asked for the rest.</summary>
public class HostileWebServerTests
{
    private static readonly byte[] Film = Noise(100 * Block);
    private static readonly byte[] Leaflet = Noise(WebSeedLimits.SmallFileBytes);

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\nContent-Length: 0", 30)]
    [InlineData("HTTP/1.1 416 Range Not Satisfiable\nContent-Length: 0", 30)]
    [InlineData("HTTP/1.1 403 Forbidden\nContent-Length: 0\nRetry-After: 5", 5)]
    [InlineData("HTTP/1.1 204 No Content", 30)]
    [InlineData("HTTP/1.1 206 Partial Content\nContent-Length: 65536", 30)]
    [InlineData("HTTP/1.1 206 Partial Content\nContent-Length: 65536\nContent-Range: bytes 1-65536/1638400", 30)]
    [InlineData("HTTP/1.1 206 Partial Content\nContent-Length: 65536\nContent-Range: bytes 0-65535/1638401", 30)]
    [InlineData("HTTP/1.1 206 Partial Content\nContent-Length: 65536\nContent-Range: blocks 0-65535/1638400", 30)]
    [InlineData("HTTP/1.1 206 Partial Content\nContent-Length: 65536\nContent-Range: bytes */1638400", 30)]
    [InlineData("HTTP/1.1 206 Partial Content\nContent-Length: 65536\nContent-Range: bytes 0-65535/1638400\nContent-Encoding: gzip", 30)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 1638400\nContent-Encoding: br", 30)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 1638399", 30)]
    [InlineData("HTTP/1.1 302 Found\nContent-Length: 0", 30)]
    [InlineData("HTTP/1.1 302 Found\nContent-Length: 0\nLocation: ftp://127.0.0.1/film.bin", 30)]
    [InlineData("HTTP/1.1 302 Found\nContent-Length: 0\nLocation: /film.bin", 30)]
    [InlineData("HTTP/1.1 302 Found\nContent-Length: 0\nLocation: /film.bin?passwd=1", 30)]
    public async Task A_file_that_is_not_given_as_asked_takes_its_pieces_away_for_a_while(string answer, int seconds)
    {
        await using var server = new FileServer();
        var isBroken = true;
        server.Answer = async (_, stream, _) =>
        {
            if (isBroken)
            {
                await FileServer.SayAsync(stream, answer);
            }

            return isBroken && (answer.Contains("Content-Length: 0", StringComparison.Ordinal) || await FileServer.HangUp());
        };
        await using var rig = await StartAsync(server.With("/film.bin", Film).Root, OneFile(Film.Length));

        rig.Ask(0, 4);

        Assert.Equal(4, (await rig.RefusedAsync(4)).Distinct().Count());
        Assert.Equal((0, 24, false), await rig.OfferedAsync());
        Assert.IsType<PeerMessage.Unchoke>(await rig.NextMessageAsync());
        isBroken = false;
        rig.Time.Advance(TimeSpan.FromSeconds(seconds - 0.1));
        Assert.Equal(0, rig.Inbox.Count);
        rig.Time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal((0, 24, true), await rig.OfferedAsync());
        Assert.IsType<PeerMessage.Unchoke>(await rig.NextMessageAsync());
        rig.Ask(0, 4);
        Assert.Equal(Film[..(4 * Block)], await rig.TakeAsync(4));
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\nContent-Length: 0", 30)]
    [InlineData("HTTP/1.1 500 Oh\nContent-Length: 0", 30)]
    [InlineData("HTTP/1.1 429 Too Many Requests\nContent-Length: 0\nRetry-After: 600", 600)]
    [InlineData("HTTP/1.1 503 Service Unavailable\nContent-Length: 0\nRetry-After: Thu, 01 Jan 1970 00:02:00 GMT", 120)]
    [InlineData("HTTP/1.1 408 Request Timeout\nContent-Length: 0\nRetry-After: nonsense", 30)]
    [InlineData("SSH-2.0-OpenSSH_9.2", 30)]
    [InlineData("", 30)]
    public async Task A_server_that_fails_is_left_alone_for_a_while_and_may_come_back(string answer, int seconds)
    {
        await using var server = new FileServer();
        var isBroken = true;
        server.Answer = async (_, stream, _) =>
        {
            if (isBroken && answer.Length > 0)
            {
                await FileServer.SayAsync(stream, answer);
            }

            return isBroken && (answer.Contains("Content-Length: 0", StringComparison.Ordinal) || await FileServer.HangUp());
        };
        await using var rig = await StartAsync(server.With("/film.bin", Film).Root, OneFile(Film.Length));

        rig.Ask(0, 4);

        await rig.RefusedAsync(4);
        rig.Ask(8);
        await rig.RefusedAsync(1);
        isBroken = false;
        rig.Time.Advance(TimeSpan.FromSeconds(seconds - 0.5));
        Assert.Equal(0, rig.Inbox.Count);
        rig.Time.Advance(TimeSpan.FromSeconds(0.6));
        Assert.IsType<PeerMessage.Unchoke>(await rig.NextMessageAsync());
        rig.Ask(0, 4);
        Assert.Equal(Film[..(4 * Block)], await rig.TakeAsync(4));
    }

    [Fact]
    public async Task After_three_failures_in_a_row_it_has_nothing_until_it_is_asked_again()
    {
        await using var server = new FileServer();
        server.Answer = (_, _, _) => FileServer.HangUp();
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));

        foreach (var seconds in new[] { 30, 60 })
        {
            rig.Ask(0);
            await rig.RefusedAsync(1);
            rig.Time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.IsType<PeerMessage.Unchoke>(await rig.NextMessageAsync());
        }

        rig.Ask(0);
        await rig.RefusedAsync(1);
        Assert.Equal((0, 24, false), await rig.OfferedAsync());
        rig.Time.Advance(TimeSpan.FromSeconds(120));
        Assert.Equal((0, 24, true), await rig.OfferedAsync());
        Assert.IsType<PeerMessage.Unchoke>(await rig.NextMessageAsync());
    }

    [Fact]
    public async Task A_server_that_accepts_and_says_nothing_is_given_20_seconds()
    {
        await using var server = new FileServer();
        server.Answer = async (_, _, cancel) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
            return true;
        };
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));

        rig.Ask(0, 2);
        await WebSeedWireTests.UntilAsync(() => server.Asked.Count == 1);
        rig.Time.Advance(WebSeedLimits.StallTimeout - TimeSpan.FromSeconds(1));
        Assert.Equal(0, rig.Inbox.Count);
        rig.Time.Advance(TimeSpan.FromSeconds(1));

        await rig.RefusedAsync(2);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_found_out_even_if_others_bring_what_it_was_asked_for()
    {
        await using var server = new FileServer();
        server.Answer = async (_, _, cancel) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
            return true;
        };
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));

        rig.Ask(0, 40);
        await WebSeedWireTests.UntilAsync(() => server.Asked.Count == 1);
        for (var block = 0; block < 40; block++)
        {
            rig.Wire.Cancel(rig.At(block));
            Assert.IsType<PeerMessage.RejectRequest>(await rig.NextMessageAsync());
        }

        rig.Time.Advance(WebSeedLimits.StallTimeout);
        await rig.RefusedAsync(0);
    }

    [Fact]
    public async Task A_body_that_comes_drop_by_drop_does_not_count_as_coming()
    {
        var drops = 0;
        var drip = new SemaphoreSlim(0);
        await using var server = new FileServer();
        server.Answer = async (asked, stream, cancel) =>
        {
            await FileServer.SayAsync(stream, $"HTTP/1.1 206 Partial Content\nContent-Range: bytes {asked.From}-{asked.To}/{Film.Length}\nContent-Length: {asked.Length}");
            while (true)
            {
                await drip.WaitAsync(cancel);
                await stream.WriteAsync(new byte[1], cancel);
                Interlocked.Increment(ref drops);
            }
        };
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));

        rig.Ask(0, 2);
        await WebSeedWireTests.UntilAsync(() => server.Asked.Count == 1);
        for (var i = 1; i <= 4; i++)
        {
            drip.Release();
            await WebSeedWireTests.UntilAsync(() => Volatile.Read(ref drops) == i);
            rig.Time.Advance(TimeSpan.FromSeconds(5));
        }

        await rig.RefusedAsync(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_is_cut_short_goes_on_from_there_as_long_as_each_brings_something(bool isToldShort)
    {
        await using var server = new FileServer();
        server.Answer = async (asked, stream, _) =>
        {
            var given = (int)Math.Min(asked.Length, (2 * Block) + 5);
            var to = isToldShort ? asked.From + given - 1 : asked.To;
            await FileServer.SayAsync(
                stream,
                $"HTTP/1.1 206 Partial Content\nContent-Range: bytes {asked.From}-{to}/{Film.Length}\nContent-Length: {to - asked.From + 1}",
                Film.AsMemory((int)asked.From, given));
            return isToldShort || asked.Length <= given || await FileServer.HangUp();
        };
        await using var rig = await StartAsync(server.With("/film.bin", Film).Root, OneFile(Film.Length));

        rig.Ask(0, 9);

        Assert.Equal(Film[..(9 * Block)], await rig.TakeAsync(9));
        Assert.Equal([0L, 2 * Block, 4 * Block, 6 * Block, 8 * Block], server.Asked.Select(asked => asked.From));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_comes_beyond_the_range_is_not_taken(bool isEndless)
    {
        await using var server = new FileServer();
        server.Answer = async (asked, stream, cancel) =>
        {
            if (asked.Number > 0)
            {
                return false;
            }

            await FileServer.SayAsync(
                stream,
                $"HTTP/1.1 206 Partial Content\nContent-Range: bytes {asked.From}-{Film.Length - 1}/{Film.Length}\n{(isEndless ? "Transfer-Encoding: chunked" : $"Content-Length: {Film.Length}")}",
                isEndless ? ReadOnlyMemory<byte>.Empty : Film);
            while (isEndless)
            {
                await stream.WriteAsync((byte[])[.. System.Text.Encoding.ASCII.GetBytes($"{Film.Length.ToString("x", CultureInfo.InvariantCulture)}\r\n"), .. Film, (byte)'\r', (byte)'\n'], cancel);
            }

            return await FileServer.HangUp();
        };
        await using var rig = await StartAsync(server.With("/film.bin", Film).Root, OneFile(Film.Length));

        rig.Ask(0, 3);

        Assert.Equal(Film[..(3 * Block)], await rig.TakeAsync(3));
        rig.Ask(50);
        Assert.Equal(Film[(50 * Block)..(51 * Block)], await rig.TakeAsync(1));
    }

    [Fact]
    public async Task A_server_without_ranges_gives_what_a_file_begins_with_and_after_that_it_is_said_once_and_not_used()
    {
        await using var server = WholeFiles();
        var info = Info("album", isSingleFile: false, TorrentOf.File("one", Film.Length), TorrentOf.File("two", Film.Length));
        await using var rig = await StartAsync(server.With("/album/one", Film).With("/album/two", Film).Root, info);

        rig.Ask(0, 2);
        Assert.Equal(Film[..(2 * Block)], await rig.TakeAsync(2));
        rig.Ask(5);
        await rig.RefusedAsync(1);
        Assert.Equal((0, 24, false), await rig.OfferedAsync());
        Assert.IsType<PeerMessage.Unchoke>(await rig.NextMessageAsync());
        rig.Ask(105);
        await rig.RefusedAsync(1);
        Assert.Equal((25, 49, false), await rig.OfferedAsync());
        Assert.IsType<PeerMessage.Unchoke>(await rig.NextMessageAsync());

        Assert.Single(rig.Logs.Lines, line => line.Contains("of no use", StringComparison.Ordinal));
        rig.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, rig.Inbox.Count);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task A_small_file_is_read_from_its_beginning_where_there_are_no_ranges(int more, bool isRead)
    {
        byte[] file = [.. Leaflet, .. new byte[more]];
        await using var server = WholeFiles();
        await using var rig = await StartAsync(server.With("/film.bin", file).Root, OneFile(file.Length));

        rig.Ask(60, 2);

        if (isRead)
        {
            Assert.Equal(file[(60 * Block)..(62 * Block)], await rig.TakeAsync(2));
        }
        else
        {
            await rig.RefusedAsync(2);
        }
    }

    [Fact]
    public async Task A_server_that_allows_one_connection_is_asked_over_one_and_after_five_minutes_it_is_tried_again()
    {
        var (under, awaited) = (0, 2);
        await using var server = new FileServer().With("/film.bin", Film);
        server.Answer = async (_, stream, _) =>
        {
            var isFirst = Interlocked.Increment(ref under) == 1;
            try
            {
                if (!isFirst)
                {
                    await FileServer.SayAsync(stream, "HTTP/1.1 503 Busy\nContent-Length: 0");
                    return true;
                }

                // The other is refused before this one brings anything.
                await WebSeedWireTests.UntilAsync(() => server.Asked.Count >= Volatile.Read(ref awaited));
                return false;
            }
            finally
            {
                Interlocked.Decrement(ref under);
            }
        };
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));

        rig.Ask(0, 10, isUrgent: true);
        await WebSeedWireTests.UntilAsync(() => server.Asked.Count == 1);
        rig.Ask(60, 10, isUrgent: true);
        await WebSeedWireTests.UntilAsync(() => FewerTimes() == 1);
        Assert.Equal((byte[])[.. Film[..(10 * Block)], .. Film[(60 * Block)..(70 * Block)]], await rig.TakeAsync(20));

        rig.Time.Advance(WebSeedLimits.FewerLasts);
        Volatile.Write(ref awaited, server.Asked.Count + 2);
        rig.Ask(20, isUrgent: true);
        await WebSeedWireTests.UntilAsync(() => server.Asked.Count == awaited - 1);
        rig.Ask(80, isUrgent: true);
        await rig.TakeAsync(2);
        Assert.Equal(2, FewerTimes());

        int FewerTimes() => rig.Logs.Lines.Count(line => line.Contains("fewer connections", StringComparison.Ordinal));
    }

    private static FileServer WholeFiles()
    {
        var server = new FileServer();
        server.Answer = async (asked, stream, _) =>
        {
            var file = server.FileAt(asked.Target);
            await FileServer.SayAsync(stream, $"HTTP/1.1 200 OK\nContent-Length: {file.Length}", file);
            return true;
        };
        return server;
    }
}
