using System.Diagnostics;

namespace BtFs.Engine.Tests.Containers;

/// <summary>One short noisy film in every container, made by ffmpeg; each is over 4 MiB.</summary>
public sealed class SampleFilms : IAsyncLifetime
{
    public const string Collection = "films";

    private readonly string _folder = Directory.CreateTempSubdirectory("btfs-films-").FullName;

    /// <summary>Index behind the media.</summary>
    public byte[] Mp4 { get; private set; } = [];

    /// <summary>Index before the media.</summary>
    public byte[] FastStartMp4 { get; private set; } = [];

    public byte[] FragmentedMp4 { get; private set; } = [];

    public byte[] QuickTime { get; private set; } = [];

    public byte[] Matroska { get; private set; } = [];

    /// <summary>Cues before the media.</summary>
    public byte[] CuesFirstMatroska { get; private set; } = [];

    /// <summary>Written to a pipe: unknown lengths, no Cues.</summary>
    public byte[] LiveMatroska { get; private set; } = [];

    public byte[] WebM { get; private set; } = [];

    public byte[] Avi { get; private set; } = [];

    internal IReadOnlyList<byte[]> All =>
        [Mp4, FastStartMp4, FragmentedMp4, QuickTime, Matroska, CuesFirstMatroska, LiveMatroska, WebM, Avi];

    public async Task InitializeAsync()
    {
        string[] picture = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=6,noise=alls=80:allf=t", "-b:v", "9M", "-g", "10"];
        string[] vp8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-qmin", "4", "-qmax", "20"];
        var original = Path.Combine(_folder, "original.mkv");
        await MakeAsync(original, [.. picture, "-c:v", "mpeg4"]);
        string[] copy = ["-i", original, "-c", "copy"];
        Matroska = await File.ReadAllBytesAsync(original);
        Mp4 = await MakeAsync("film.mp4", copy);
        FastStartMp4 = await MakeAsync("faststart.mp4", [.. copy, "-movflags", "+faststart"]);
        FragmentedMp4 = await MakeAsync("fragmented.mp4", [.. copy, "-movflags", "+frag_keyframe+empty_moov"]);
        QuickTime = await MakeAsync("film.mov", copy);
        CuesFirstMatroska = await MakeAsync("cuesfirst.mkv", [.. copy, "-cues_to_front", "1"]);
        LiveMatroska = await MakeAsync("live.mkv", [.. copy, "-live", "1"]);
        Avi = await MakeAsync("film.avi", copy);
        WebM = await MakeAsync("film.webm", [.. picture, .. vp8]);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    private async Task<byte[]> MakeAsync(string name, string[] arguments)
    {
        var path = Path.Combine(_folder, name);
        var start = new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", "-threads", "2", .. arguments, path]) { RedirectStandardError = true };
        using var ffmpeg = Process.Start(start)!;
        var said = await ffmpeg.StandardError.ReadToEndAsync();
        await ffmpeg.WaitForExitAsync();
        Assert.True(ffmpeg.ExitCode == 0, $"ffmpeg made no {name}: {said}");
        var film = await File.ReadAllBytesAsync(path);
        Assert.True(film.Length > 4 << 20, $"{name} has only {film.Length} bytes.");
        return film;
    }
}

/// <summary>The films are made once for all tests that need them.</summary>
[CollectionDefinition(SampleFilms.Collection)]
public sealed class SampleFilmsCollection : ICollectionFixture<SampleFilms>;
