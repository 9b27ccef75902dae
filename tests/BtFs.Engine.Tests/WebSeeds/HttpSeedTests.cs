using System.Globalization;
using BtFs.Engine.WebSeeds;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using static BtFs.Engine.Tests.WebSeeds.WebSeedRig;

namespace BtFs.Engine.Tests.WebSeeds;

/// <summary>Scripts that give pieces (BEP 17).</summary>
public class HttpSeedTests
{
    private static readonly byte[] Film = Noise((40 * Block) + 77);

    [Fact]
    public async Task A_script_is_asked_for_parts_of_pieces()
    {
        await using var server = Script();
        await using var rig = await StartAsync(Source(server.Root), OneFile(Film.Length));

        rig.Ask(2, 4);
        Assert.Equal(Film[(2 * Block)..(6 * Block)], await rig.TakeAsync(4));
        rig.Ask(40);
        Assert.Equal(Film[(40 * Block)..], await rig.TakeAsync(1));

        var bytes = new byte[InfoHash.Size];
        OneFile(Film.Length).InfoHash.CopyTo(bytes);
        var hash = string.Concat(bytes.Select(Escape));
        Assert.Equal(
            [$"/seed?info_hash={hash}&piece=0&ranges=32768-65535", $"/seed?info_hash={hash}&piece=1&ranges=0-32767", $"/seed?info_hash={hash}&piece=10&ranges=0-76"],
            server.Asked.Select(asked => asked.Target));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", 1)]
    [InlineData("999999999", 3600)]
    [InlineData("1234567890", 30)]
    [InlineData("soon", 30)]
    [InlineData("", 30)]
    public async Task A_script_that_is_busy_says_for_how_long(string body, int seconds)
    {
        await using var server = Script();
        var give = server.Answer;
        server.Answer = async (_, stream, _) =>
        {
            await FileServer.SayAsync(stream, $"HTTP/1.1 503 Busy\nContent-Length: {body.Length}", System.Text.Encoding.ASCII.GetBytes(body));
            return true;
        };
        await using var rig = await StartAsync(Source(server.Root), OneFile(Film.Length));

        rig.Ask(0);
        await rig.RefusedAsync(1);
        server.Answer = give;
        rig.Time.Advance(TimeSpan.FromSeconds(seconds - 0.1));
        Assert.Equal(0, rig.Inbox.Count);
        rig.Time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.IsType<PeerMessage.Unchoke>(await rig.NextMessageAsync());
        rig.Ask(0);
        Assert.Equal(Film[..Block], await rig.TakeAsync(1));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 16383")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 16385")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 16384\nContent-Encoding: gzip")]
    [InlineData("HTTP/1.1 404 Not Found\nContent-Length: 0")]
    public async Task An_answer_that_is_not_what_was_asked_for_is_not_taken(string answer)
    {
        await using var server = new FileServer();
        server.Answer = async (_, stream, _) =>
        {
            await FileServer.SayAsync(stream, answer);
            return await FileServer.HangUp();
        };
        await using var rig = await StartAsync(Source(server.Root), OneFile(Film.Length));

        rig.Ask(0);

        await rig.RefusedAsync(1);
        Assert.Equal((0, 10, false), await rig.OfferedAsync());
    }

    [Fact]
    public async Task A_local_script_may_not_bring_a_query_of_its_own()
    {
        await using var server = Script();
        await using var rig = await StartAsync(Source(new Uri(server.Root, "?delete=all")), OneFile(Film.Length));

        rig.Ask(0);

        await rig.RefusedAsync(1);
        Assert.Empty(server.Asked);
    }

    private static TorrentSource Source(Uri root) => new()
    {
        InfoHash = OneFile(Film.Length).InfoHash,
        HttpSeeds = [new Uri(root, root.Query.Length > 0 ? root : new Uri("seed", UriKind.Relative))],
    };

    private static FileServer Script()
    {
        var server = new FileServer();
        server.Answer = async (asked, stream, _) =>
        {
            var query = asked.Target.Split('?')[1].Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
            var range = query["ranges"].Split('-').Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
            var start = (int.Parse(query["piece"], CultureInfo.InvariantCulture) * 4 * Block) + range[0];
            var length = range[1] - range[0] + 1;
            await FileServer.SayAsync(stream, $"HTTP/1.1 200 OK\nContent-Length: {length}", Film.AsMemory(start, length));
            return true;
        };
        return server;
    }

    private static string Escape(byte value) =>
        char.IsAsciiLetterOrDigit((char)value) || "-._~".Contains((char)value, StringComparison.Ordinal) ? $"{(char)value}" : $"%{value:X2}";
}
