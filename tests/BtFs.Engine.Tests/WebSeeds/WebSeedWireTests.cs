using BtFs.Engine.Torrents;
using BtFs.Engine.WebSeeds;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using BtFs.Testing;
using static BtFs.Engine.Tests.WebSeeds.WebSeedRig;

namespace BtFs.Engine.Tests.WebSeeds;

public class WebSeedWireTests
{
    private static readonly byte[] Film = Noise((40 * Block) + 77);

    [Fact]
    public async Task Blocks_asked_for_in_one_turn_are_one_request_and_come_into_their_pieces()
    {
        await using var server = new FileServer().With("/film.bin", Film);
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));

        rig.Ask(3, 6);

        Assert.Equal(Film[(3 * Block)..(9 * Block)], await rig.TakeAsync(6));
        var asked = Assert.Single(server.Asked);
        Assert.Equal((3 * Block, (9 * Block) - 1), (asked.From, asked.To));
        Assert.Contains("User-Agent: BtFs/0.1.0", asked.Headers);
    }

    [Fact]
    public async Task The_last_short_block_comes_too()
    {
        await using var server = new FileServer().With("/film.bin", Film);
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));

        rig.Ask(40);

        Assert.Equal(Film[(40 * Block)..], await rig.TakeAsync(1));
    }

    [Fact]
    public async Task Connections_are_used_again()
    {
        await using var server = new FileServer().With("/film.bin", Film);
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));

        for (var block = 0; block < 20; block++)
        {
            rig.Ask(block);
            Assert.Equal(Film[(block * Block)..((block + 1) * Block)], await rig.TakeAsync(1));
        }

        // The next request may be made before the connection of the last is free again.
        Assert.InRange(server.Connections, 1, 2);
    }

    [Fact]
    public async Task A_server_that_hangs_up_after_each_answer_is_called_again()
    {
        await using var server = new FileServer().With("/film.bin", Film);
        server.Answer = async (asked, stream, _) =>
        {
            await FileServer.SayAsync(
                stream,
                $"HTTP/1.1 206 Partial Content\nContent-Range: bytes {asked.From}-{asked.To}/{Film.Length}\nContent-Length: {asked.Length}",
                Film.AsMemory((int)asked.From, (int)asked.Length));
            return await FileServer.HangUp();
        };
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));

        for (var block = 0; block < 40; block++)
        {
            rig.Ask(block);
            Assert.Equal(Film[(block * Block)..((block + 1) * Block)], await rig.TakeAsync(1));
        }
    }

    [Fact]
    public async Task No_more_than_three_connections_are_made()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new FileServer().With("/film.bin", Film);
        server.Answer = async (_, _, _) =>
        {
            await gate.Task;
            return false;
        };
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));

        for (var block = 0; block < 40; block += 2)
        {
            rig.Queue(block, isUrgent: true);
        }

        rig.Wire.Flush();
        await UntilAsync(() => server.Asked.Count == WebSeedLimits.Connections);
        gate.SetResult();
        await rig.TakeAsync(20);
        Assert.InRange(server.Connections, 1, WebSeedLimits.Connections);
        Assert.Equal(20, server.Asked.Count);
    }

    [Fact]
    public async Task A_block_over_the_borders_of_files_is_put_together_and_padding_is_never_asked_for()
    {
        var (one, two, three) = (Noise(100, 1), Noise(Block, 2), Noise((2 * Block) + 5, 3));
        await using var server = new FileServer()
            .With("/album/a%20one.txt", one)
            .With("/album/b/%C3%BC%23%3F.txt", two)
            .With("/album/three", three);
        var info = Info(
            "album",
            isSingleFile: false,
            TorrentOf.File("a one.txt", one.Length),
            TorrentOf.File("b/ü#?.txt", two.Length),
            TorrentOf.File("empty", 0),
            TorrentOf.File(".pad/284", 284, TorrentFileAttributes.Pad),
            TorrentOf.File("three", three.Length));
        await using var rig = await StartAsync(server.Root, info);

        rig.Ask(0, 4);

        byte[] all = [.. one, .. two, .. new byte[284], .. three];
        Assert.Equal(all, await rig.TakeAsync(4));
        Assert.Equal(["/album/a%20one.txt", "/album/b/%C3%BC%23%3F.txt", "/album/three"], server.Asked.Select(asked => asked.Target));
    }

    [Fact]
    public async Task A_block_that_waits_and_is_cancelled_is_rejected_and_not_asked_for()
    {
        await using var server = new FileServer().With("/film.bin", Film);
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));
        rig.Queue(0);
        rig.Wire.Cancel(rig.At(0));
        rig.Wire.Flush();

        Assert.Equal(new PeerMessage.RejectRequest(0, 0, Block), await rig.NextMessageAsync());
        rig.Ask(8);
        await rig.TakeAsync(1);
        Assert.Equal(8 * Block, Assert.Single(server.Asked).From);
    }

    [Fact]
    public async Task A_request_of_which_nothing_is_wanted_any_more_ends()
    {
        var isCut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new FileServer().With("/film.bin", Film);
        server.Answer = async (asked, stream, cancel) =>
        {
            if (asked.Number > 0)
            {
                return false;
            }

            await FileServer.SayAsync(stream, $"HTTP/1.1 206 Partial Content\nContent-Range: bytes {asked.From}-{asked.To}/{Film.Length}\nContent-Length: {asked.Length}", Film.AsMemory(0, Block));
            try
            {
                // Whoever wants no more closes: much is left.
                await stream.ReadExactlyAsync(new byte[1], cancel);
            }
            catch (IOException)
            {
                isCut.SetResult();
                throw;
            }

            return true;
        };
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));
        rig.Ask(0, 30);
        await rig.TakeAsync(1);

        for (var block = 1; block < 30; block++)
        {
            rig.Wire.Cancel(rig.At(block));
            Assert.IsType<PeerMessage.RejectRequest>(await rig.NextMessageAsync());
        }

        await isCut.Task.WaitAsync(Peers.Loopback.Patience);
        rig.Ask(35);
        Assert.Equal(Film[(35 * Block)..(36 * Block)], await rig.TakeAsync(1));
    }

    [Fact]
    public async Task The_limit_on_the_rate_holds_for_web_servers_too()
    {
        await using var server = new FileServer().With("/film.bin", Film);
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length), rate: 4 * Block);

        rig.Ask(0, 8);
        var passed = await PassUntilAsync(rig, () => rig.Inbox.Count == 8);

        Assert.InRange(passed, TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(2.1));
    }

    [Fact]
    public async Task Nothing_is_read_while_the_disk_is_behind_and_that_is_not_held_against_the_server()
    {
        await using var server = new FileServer().With("/film.bin", Film);
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));

        rig.DiskIsBehind = true;
        rig.Ask(0, 8);
        var passed = TimeSpan.Zero;
        await PassUntilAsync(rig, () => (passed += TimeSpan.FromMilliseconds(10)) > 2 * WebSeedLimits.StallTimeout);
        Assert.Equal(0, rig.Inbox.Count);

        rig.DiskIsBehind = false;
        await PassUntilAsync(rig, () => rig.Inbox.Count == 8);
        Assert.Equal(Film[..(8 * Block)], await rig.TakeAsync(8));
    }

    [Fact]
    public async Task Closing_ends_what_is_under_way_and_is_told_once()
    {
        var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new FileServer().With("/film.bin", Film);
        server.Answer = async (_, _, cancel) =>
        {
            isAsked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
            return true;
        };
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));
        rig.Ask(0, 30);
        await isAsked.Task.WaitAsync(Peers.Loopback.Patience);

        rig.Wire.Close("tested");
        rig.Wire.Close("again");

        Assert.Equal("tested", (await rig.Inbox.NextAsync<TorrentEvent.PeerGone>()).Reason);
        rig.Ask(31);
        Assert.Equal(0, rig.Inbox.Count);
    }

    /// <summary>Lets time pass, step by step and only while somebody waits for it, until something holds.</summary>
    private static async Task<TimeSpan> PassUntilAsync(WebSeedRig rig, Func<bool> isSo)
    {
        var step = TimeSpan.FromMilliseconds(10);
        var passed = TimeSpan.Zero;
        while (!isSo())
        {
            // What waits for the network is soon done with it; what waits for the clock is not.
            var next = rig.Time.UntilWaitedForAsync(TimeSpan.FromSeconds(1));
            await Task.WhenAny(next, UntilAsync(isSo));
            if (next.IsCompleted && !isSo())
            {
                rig.Time.Advance(step);
                passed += step;
            }
        }

        return passed;
    }

    internal static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Peers.Loopback.Patience);
        while (!isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }
}
