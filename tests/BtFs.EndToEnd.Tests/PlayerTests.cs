namespace BtFs.EndToEnd;

/// <summary>Players open and play a film whose index is at its end, while it loads.</summary>
public sealed class PlayerTests : IAsyncLifetime
{
    private const int BytesPerSecond = 4 << 20;

    private readonly TemporaryFolder _folder = new();
    private TorrentFixture _torrent = null!;
    private LibtorrentSeed _seed = null!;
    private BtfsMount _mount = null!;

    private string Film => Path.Combine(_mount.Path, _torrent.Name, "film.mp4");

    public async Task InitializeAsync()
    {
        var film = _folder.At("film.mp4");
        (await Command.RunAsync(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=12,noise=alls=50:allf=t",
            "-f", "lavfi", "-i", "sine=duration=12", "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "6M", "-pix_fmt", "yuv420p", "-threads", "2", film)).Ok();
        var bytes = await File.ReadAllBytesAsync(film);
        Assert.True(bytes.AsSpan().IndexOf("moov"u8) > bytes.Length / 2, "The film's index is not at its end.");

        _torrent = TorrentFixture.Make(
            _folder, "films", 1 << 18, new FileShape("film.mp4", bytes.Length) { Content = bytes }, new FileShape("poster.jpg", 50_000));
        _seed = await LibtorrentSeed.StartAsync(_torrent);
        await _seed.LimitAsync(BytesPerSecond);
        _mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(_seed.Address));
    }

    public async Task DisposeAsync()
    {
        await _mount.DisposeAsync();
        await _seed.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Ffprobe_reads_the_index_at_the_end()
    {
        string[] question = ["-v", "error", "-show_entries", "format=duration,size:stream=codec_name,nb_frames", "-of", "csv=p=0"];
        var here = (await Command.RunAsync("ffprobe", [.. question, _torrent.Disk(0)])).Ok();
        var mounted = (await Command.RunAsync("ffprobe", [.. question, Film])).Ok();

        Assert.Equal(here.Text, mounted.Text);
        Assert.Empty(mounted.Errors);
    }

    [Fact]
    public async Task Mpv_plays_from_the_start()
    {
        await PlayAsync("--frames=100");
    }

    [Fact]
    public async Task Mpv_jumps_to_the_middle_and_plays_on_to_the_end()
    {
        await PlayAsync("--start=50%");
    }

    private async Task PlayAsync(string option)
    {
        var played = (await Command.RunAsync(
            "mpv", "--no-config", "--vo=null", "--ao=null", "--untimed", "--really-quiet", "--msg-level=all=error", option, Film)).Ok();
        Assert.Empty(played.Errors);
        Assert.Empty(played.Text);
    }
}
