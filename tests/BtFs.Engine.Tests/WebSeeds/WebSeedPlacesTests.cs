using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BtFs.Engine.Tests.Discovery;
using BtFs.Engine.WebSeeds;
using BtFs.Protocol.Peer;
using BtFs.Testing;
using static BtFs.Engine.Tests.WebSeeds.WebSeedRig;

namespace BtFs.Engine.Tests.WebSeeds;

/// <summary>Where requests to web seeds may lead, and which files they have.</summary>
public class WebSeedPlacesTests
{
    private static readonly byte[] Film = Noise(100 * Block);

    [Fact]
    public async Task Where_a_redirect_leads_is_remembered_until_it_fails()
    {
        await using var mirror = new FileServer().With("/mirror/x.bin", Film);
        await using var server = new FileServer();
        server.Answer = async (_, stream, _) =>
        {
            await FileServer.SayAsync(stream, $"HTTP/1.1 302 Found\nContent-Length: 0\nLocation: {mirror.Root}mirror/x.bin");
            return true;
        };
        await using var rig = await StartAsync(server.Root, OneFile(Film.Length));

        rig.Ask(0);
        await rig.TakeAsync(1);
        rig.Ask(5);
        await rig.TakeAsync(1);
        Assert.Equal((1, 2), (server.Asked.Count, mirror.Asked.Count));

        mirror.Answer = async (_, stream, _) =>
        {
            await FileServer.SayAsync(stream, "HTTP/1.1 410 Gone\nContent-Length: 0");
            return true;
        };
        rig.Ask(6);
        await rig.RefusedAsync(1);
        rig.Time.Advance(TimeSpan.FromSeconds(30));
        rig.Ask(7);
        await WebSeedWireTests.UntilAsync(() => server.Asked.Count == 2);
    }

    [Theory]
    [InlineData(WebSeedLimits.MaxRedirects, true)]
    [InlineData(WebSeedLimits.MaxRedirects + 1, false)]
    public async Task Five_redirects_are_followed_and_no_more(int redirects, bool isGiven)
    {
        await using var server = new FileServer();
        server.Answer = async (asked, stream, _) =>
        {
            if (asked.Number >= redirects)
            {
                return false;
            }

            await FileServer.SayAsync(stream, "HTTP/1.1 307 Temporary Redirect\nContent-Length: 0\nLocation: /film.bin");
            return true;
        };
        await using var rig = await StartAsync(server.With("/film.bin", Film).Root, OneFile(Film.Length));

        rig.Ask(0);

        if (isGiven)
        {
            await rig.TakeAsync(1);
        }
        else
        {
            await rig.RefusedAsync(1);
        }
    }

    [Fact]
    public async Task A_local_server_is_not_asked_with_a_query_and_no_secret_is_logged()
    {
        await using var server = new FileServer().With("/film.bin?key=s3cret", Film);
        await using var rig = await StartAsync(new Uri(server.Root, "film.bin?key=s3cret"), OneFile(Film.Length));

        rig.Ask(0);

        await rig.RefusedAsync(1);
        Assert.Empty(server.Asked);
        Assert.DoesNotContain(rig.Logs.Lines, line => line.Contains("s3cret", StringComparison.Ordinal));
        Assert.Contains(rig.Logs.Lines, line => line.Contains("has a query", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_cannot_prove_who_it_is_gets_no_request()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddYears(-1));
        await using var server = RawHttpServer.Calling(
            (_, _, _) => Task.CompletedTask,
            async stream =>
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(certificate);
                return tls;
            });
        await using var rig = await StartAsync(server.Url("/film.bin", "https"), OneFile(Film.Length));

        rig.Ask(0);

        await rig.RefusedAsync(1);
        Assert.Contains(rig.Logs.Lines, line => line.Contains("TLS", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Requests, line => line.Length > 0);
    }

    [Fact]
    public async Task A_file_whose_path_would_lead_out_of_the_folder_is_not_asked_for()
    {
        await using var server = new FileServer();
        await using var rig = await StartAsync(server.Root, Info("album", isSingleFile: false, TorrentOf.File("..x/one", 4 * Block), TorrentOf.File(".", 4 * Block)));

        rig.Ask(4);

        await rig.RefusedAsync(1);
        Assert.Equal((1, 1, false), await rig.OfferedAsync());
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task A_missing_file_keeps_the_pieces_that_it_shares_away_and_no_others()
    {
        await using var server = new FileServer().With("/album/one", Noise(6 * Block)).With("/album/three", Noise(8 * Block, 3));
        var info = Info("album", isSingleFile: false, TorrentOf.File("one", 6 * Block), TorrentOf.File("two", Block), TorrentOf.File("three", 8 * Block));
        await using var rig = await StartAsync(server.Root, info);

        rig.Ask(4, 6);
        int[] numbers = [.. await NumbersAsync()];
        Assert.Equal([4, 5, 6, 7], numbers);
        Assert.Equal((1, 1, false), await rig.OfferedAsync());
        Assert.IsType<PeerMessage.Unchoke>(await rig.NextMessageAsync());
        Assert.Equal(Noise(8 * Block, 3)[Block..(3 * Block)], await rig.TakeAsync(2));

        async Task<IEnumerable<int>> NumbersAsync()
        {
            // The blocks before it have come by then.
            await rig.TakeAsync(2);
            return [4, 5, .. (await rig.RefusedAsync(2)).Select(block => (block.Piece.Value * 4) + block.Number).Order()];
        }
    }
}
