namespace BtFs.EndToEnd.Machine;

/// <summary>A terminal of tmux with one program in it, and all that the program wrote.</summary>
internal sealed class TerminalPane : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _written;

    private TerminalPane(string server, string written)
    {
        _server = server;
        _written = written;
    }

    /// <summary>Starts a line of shell; the terminal stays when it has ended.</summary>
    public static async Task<TerminalPane> StartAsync(TemporaryFolder folder, int columns, int rows, string line)
    {
        var pane = new TerminalPane(folder.At("tmux.socket"), folder.At("written"));
        await pane.TmuxAsync("-f", "/dev/null", "new-session", "-d", "-x", $"{columns}", "-y", $"{rows}", "sh");
        await pane.TmuxAsync("pipe-pane", "-o", $"cat > '{pane._written}'");
        await pane.TypeAsync(line, "Enter");
        return pane;
    }

    /// <summary>Everything that was written to the terminal so far.</summary>
    public string Written => File.Exists(_written) ? File.ReadAllText(_written) : "";

    /// <summary>What is to be seen.</summary>
    public async Task<string> ScreenAsync() => (await TmuxAsync("capture-pane", "-p")).Text;

    /// <summary>Presses keys.</summary>
    public Task TypeAsync(params IEnumerable<string> keys) => TmuxAsync(["send-keys", .. keys]);

    /// <summary>Makes it another size.</summary>
    public Task ResizeAsync(int columns, int rows) => TmuxAsync("resize-window", "-x", $"{columns}", "-y", $"{rows}");

    /// <summary>Waits until something is to be seen.</summary>
    /// <returns>The screen on which it was.</returns>
    public async Task<string> UntilAsync(string what, Func<string, bool> isSeen)
    {
        var screen = "";
        try
        {
            await Eventually.TrueAsync(what, TimeSpan.FromSeconds(20), async () => isSeen(screen = await ScreenAsync()));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{screen}", e);
        }

        return screen;
    }

    public async ValueTask DisposeAsync() => await new Command("tmux", "-S", _server, "kill-server").RunAsync();

    private async Task<CommandResult> TmuxAsync(params IEnumerable<string> words) =>
        (await new Command("tmux", ["-S", _server, .. words]).With("TERM", "xterm-256color").RunAsync()).Ok();
}
