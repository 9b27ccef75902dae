using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using BtFs.Protocol.Trackers;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Discovery;

public sealed class HttpTrackerClientTests
{
    private const int MiB = 1024 * 1024;

    private static readonly byte[] OnePeer = [.. "d8:intervali900e5:peers6:"u8, 192, 0, 2, 1, 0x1a, 0xe1, (byte)'e'];
    private static readonly AnnounceRequest Request = new()
    {
        InfoHash = new InfoHash("aaaaaaaaaaaaaaaaaaaa"u8),
        PeerId = new PeerId("bbbbbbbbbbbbbbbbbbbb"u8),
        Port = 6881,
        Event = AnnounceEvent.Started,
    };

    [Fact]
    public async Task A_tracker_is_asked_and_its_peers_come_back()
    {
        await using var server = RawHttpServer.Answering(RawHttpServer.Ok(OnePeer));

        var reply = await AskAsync(server.Url("/announce?passkey=x"));

        Assert.Equal("192.0.2.1:6881", Assert.Single(reply.Peers).ToString());
        Assert.Equal(TimeSpan.FromMinutes(15), reply.Interval);
        Assert.StartsWith("GET /announce?passkey=x&info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=", server.Requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tracker_that_is_scraped_tells_how_many_there_are()
    {
        await using var server = RawHttpServer.Answering(RawHttpServer.Ok("d5:filesd20:aaaaaaaaaaaaaaaaaaaad8:completei7e10:downloadedi9e10:incompletei3eeee"u8.ToArray()));
        using var http = new HttpFetch(TimeProvider.System, new HostLookup(TimeProvider.System));

        var counts = await new HttpTrackerClient(server.Url("/announce/announce?passkey=x"), http).ScrapeAsync(Request.InfoHash, CancellationToken.None);

        Assert.Equal(new ScrapeCounts(7, 9, 3), counts);
        Assert.StartsWith("GET /announce/scrape?passkey=x&info_hash=aaaaaaaaaaaaaaaaaaaa ", server.Requests[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/announce/tell", "d5:filesdee")]
    [InlineData("/announce/announce", "d5:filesdee")]
    [InlineData("/announce/announce", "d14:failure reason2:noe")]
    public async Task A_tracker_that_tells_no_counts_is_an_error(string path, string answer)
    {
        await using var server = RawHttpServer.Answering(RawHttpServer.Ok(Encoding.ASCII.GetBytes(answer)));
        using var http = new HttpFetch(TimeProvider.System, new HostLookup(TimeProvider.System));

        await Assert.ThrowsAnyAsync<TrackerException>(
            () => new HttpTrackerClient(server.Url(path), http).ScrapeAsync(Request.InfoHash, CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task A_compressed_reply_is_read()
    {
        await using var server = RawHttpServer.Answering(RawHttpServer.Ok(Gzip(OnePeer), "Content-Encoding: gzip\r\n"));

        Assert.Single((await AskAsync(server.Url())).Peers);
    }

    [Fact]
    public async Task A_reply_in_chunks_is_read()
    {
        await using var server = RawHttpServer.Answering(
        [
            .. RawHttpServer.Text("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\n"), .. OnePeer[..3],
            .. RawHttpServer.Text($"\n{OnePeer.Length - 3:x}\n"), .. OnePeer[3..], .. RawHttpServer.Text("\n0\n\n"),
        ]);

        Assert.Single((await AskAsync(server.Url())).Peers);
    }

    [Theory]
    [InlineData(50_000)]
    [InlineData(30 * MiB)]
    public async Task A_compressed_reply_that_swells_without_end_is_given_up(int inflated)
    {
        await using var server = RawHttpServer.Answering(RawHttpServer.Ok(Gzip(new byte[inflated]), "Content-Encoding: gzip\r\n"));

        await AssertFailsAsync(server, "longer than");
    }

    [Fact]
    public async Task A_reply_of_1_MiB_is_read_and_a_longer_one_is_not()
    {
        await using var server = RawHttpServer.Answering(RawHttpServer.Ok(Padded(MiB)), RawHttpServer.Ok(Padded(MiB + 1)));

        Assert.Single((await AskAsync(server.Url())).Peers);
        await AssertFailsAsync(server, "longer than 1048576 bytes");
    }

    [Fact]
    public async Task A_reply_without_end_is_given_up()
    {
        await using var server = RawHttpServer.Calling(async (_, stream, cancel) =>
        {
            await stream.WriteAsync(RawHttpServer.Text("HTTP/1.1 200 OK\n\n"), cancel);
            while (true)
            {
                await stream.WriteAsync(new byte[64 * 1024], cancel);
            }
        });

        await AssertFailsAsync(server, "longer than");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 100\n\nd8:inte", "ended in the middle")]
    [InlineData("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nffffffffffffffff\nxx", "")]
    [InlineData("HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 5\n\nhello", "gzip")]
    [InlineData("HTTP/1.1 200 OK\nContent-Encoding: br\nContent-Length: 2\n\nhi", "encoding")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 15\n\n<html>hi</html>", "not that of a tracker")]
    [InlineData("HTTP/1.1 404 Not Found\nContent-Length: 15\n\n<html>hi</html>", "404 Not Found")]
    [InlineData("HTTP/1.1 400 Bad\nContent-Length: 28\n\nd14:failure reason6:bannede", "")]
    [InlineData("HTTP/1.1 400 Bad\nContent-Length: 27\n\nd14:failure reason6:bannede", "refuses: banned")]
    [InlineData("SSH-2.0-OpenSSH_9.6\n", "not HTTP")]
    [InlineData("", "ended before")]
    public async Task An_answer_that_makes_no_sense_is_one_fault_of_the_tracker(string answer, string why)
    {
        await using var server = RawHttpServer.Answering(RawHttpServer.Text(answer));

        await AssertFailsAsync(server, why);
    }

    [Fact]
    public async Task Headers_of_more_than_32_KiB_are_given_up()
    {
        await using var server = RawHttpServer.Answering(
            RawHttpServer.Ok(OnePeer, $"X: {new string('x', 31 * 1024)}\r\n"), RawHttpServer.Ok(OnePeer, $"X: {new string('x', 33 * 1024)}\r\n"));

        Assert.Single((await AskAsync(server.Url())).Peers);
        await AssertFailsAsync(server, "headers");
    }

    [Fact]
    public async Task Three_redirects_are_followed_and_a_fourth_is_not()
    {
        var redirect = RawHttpServer.Text("HTTP/1.1 302 Found\nLocation: /announce2\nContent-Length: 0\n\n");
        await using var three = RawHttpServer.Answering(redirect, redirect, redirect, RawHttpServer.Ok(OnePeer));
        await using var four = RawHttpServer.Answering(redirect);

        Assert.Single((await AskAsync(three.Url())).Peers);
        Assert.Equal(4, three.Requests.Count);
        await AssertFailsAsync(four, "redirects more than 3 times");
        Assert.Equal(4, four.Requests.Count);
    }

    [Fact]
    public async Task What_a_url_says_of_its_user_is_not_carried_to_where_it_redirects()
    {
        await using var other = RawHttpServer.Answering(RawHttpServer.Ok(OnePeer));
        await using var first = RawHttpServer.Answering(RawHttpServer.Text($"HTTP/1.1 302 Found\nLocation: {other.Url()}\nContent-Length: 0\n\n"));

        Assert.Single((await AskAsync(new Uri($"http://user:secret@127.0.0.1:{first.Port}/announce"))).Peers);
        var head = Assert.Single(other.Heads);
        Assert.DoesNotContain("secret", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Referer", head, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://127.0.0.1/")]
    public async Task A_redirect_to_what_is_no_web_address_is_not_followed(string location)
    {
        await using var server = RawHttpServer.Answering(RawHttpServer.Text($"HTTP/1.1 301 Moved\nLocation: {location}\nContent-Length: 0\n\n"));

        await AssertFailsAsync(server, "no web address");
    }

    [Fact]
    public async Task A_tracker_url_cannot_reach_other_services_of_this_machine()
    {
        await using var server = RawHttpServer.Answering(RawHttpServer.Ok(OnePeer));

        var fault = await Assert.ThrowsAsync<TrackerException>(() => AskAsync(server.Url("/admin/delete")));

        Assert.Contains("not to a tracker", fault.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_name_that_leads_to_this_machine_is_seen_through()
    {
        await using var server = RawHttpServer.Answering(RawHttpServer.Ok(OnePeer));
        var lookup = new HostLookup(TimeProvider.System, (_, _) => Task.FromResult(new[] { IPAddress.Loopback }));

        await Assert.ThrowsAsync<TrackerException>(() => AskAsync(new Uri($"http://public.example:{server.Port}/admin"), lookup: lookup));

        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_host_without_an_address_and_a_closed_port_are_faults_in_words()
    {
        var lookup = new HostLookup(TimeProvider.System, (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        var unknown = await Assert.ThrowsAsync<TrackerException>(() => AskAsync(new Uri("http://nowhere.example/announce/secret"), lookup: lookup));

        Assert.Contains("Name or service not known", unknown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", unknown.ToString(), StringComparison.Ordinal);
        var closed = await Assert.ThrowsAsync<TrackerException>(() => AskAsync(new Uri("http://127.0.0.1:1/announce")));
        Assert.Contains("refused", closed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public async Task A_tracker_that_stalls_is_given_up(int seconds)
    {
        var clock = new ManualTimeProvider();
        var stalled = new TaskCompletionSource();
        await using var server = RawHttpServer.Calling(async (_, stream, cancel) =>
        {
            // With ten seconds to go its body stalls, with thirty its headers.
            await stream.WriteAsync(RawHttpServer.Text(seconds == 10 ? "HTTP/1.1 200 OK\nContent-Length: 9\n\nd" : "HTTP/1.1 200"), cancel);
            stalled.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        });

        var asking = AskAsync(server.Url(), clock);
        await stalled.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await clock.UntilWaitedForAsync(TimeSpan.FromSeconds(seconds)).WaitAsync(TimeSpan.FromSeconds(20));
        clock.Advance(TimeSpan.FromSeconds(seconds));

        var fault = await Assert.ThrowsAsync<TrackerException>(() => asking.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains($"{seconds} s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_not_told_of_a_fault()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = RawHttpServer.Calling(async (_, _, stop) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(server.Url(), cancel: cancel.Token));
    }

    [Fact]
    public async Task A_tracker_that_cannot_prove_who_it_is_is_not_asked()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddYears(-1));
        await using var server = RawHttpServer.Calling(
            (_, stream, stop) => stream.WriteAsync(RawHttpServer.Ok(OnePeer), stop).AsTask(),
            async stream =>
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(certificate);
                return tls;
            });

        var fault = await Assert.ThrowsAsync<TrackerException>(() => AskAsync(server.Url(scheme: "https")));

        Assert.Contains("TLS", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, line => line.Length > 0);
    }

    private static async Task<AnnounceReply> AskAsync(Uri url, TimeProvider? time = null, HostLookup? lookup = null, CancellationToken cancel = default)
    {
        time ??= TimeProvider.System;
        using var http = new HttpFetch(time, lookup ?? new HostLookup(time));
        return await new HttpTrackerClient(url, http).AnnounceAsync(Request, cancel);
    }

    private static async Task AssertFailsAsync(RawHttpServer server, string why)
    {
        var fault = await Assert.ThrowsAnyAsync<TrackerException>(() => AskAsync(server.Url()));

        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }

    private static byte[] Padded(int length)
    {
        var padding = length - OnePeer.Length - "1:z1048500:".Length;
        return [.. OnePeer[..^1], .. Encoding.ASCII.GetBytes($"1:z{padding:0000000}:"), .. new byte[padding], (byte)'e'];
    }
}
