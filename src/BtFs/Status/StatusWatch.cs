namespace BtFs.Status;

/// <summary>The page, drawn again every second until somebody presses q.</summary>
/// <param name="read">Asks the mounts.</param>
/// <param name="terminal">Shows it.</param>
/// <param name="time">The clock.</param>
internal sealed class StatusWatch(Func<Task<IReadOnlyList<StatusReading>>> read, WatchTerminal terminal, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private IReadOnlyList<StatusReading>? _latest;
    private string? _trouble;
    private bool _nextIsRead;

    /// <summary>Until q, or until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var pressed = terminal.NextAsync(stop);
        var due = ReadAsync();
        while (true)
        {
            if (await Task.WhenAny(pressed, due) == due)
            {
                await due;
                due = _nextIsRead ? ReadAsync() : PauseAsync(stop);
            }
            else if (await pressed == WatchEvent.Quit)
            {
                return;
            }
            else
            {
                pressed = terminal.NextAsync(stop);
            }

            Draw();
        }
    }

    private async Task ReadAsync()
    {
        _nextIsRead = false;
        try
        {
            _latest = await read();
            _trouble = null;
        }
        catch (CommandException e)
        {
            // It may come back: the mount is being replaced, or its program was stopped for a while.
            _latest = null;
            _trouble = e.Message;
        }
    }

    private async Task PauseAsync(CancellationToken stop)
    {
        _nextIsRead = true;
        await Task.Delay(Every, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Draw()
    {
        if (WatchTerminal.Size is not { } size)
        {
            return;
        }

        var style = new PageStyle { Width = size.Columns, IsColoured = WatchTerminal.TakesColours };
        var lines = _latest is { } readings ? MountsPage.Lines(readings, style).ToList() : [style.Warning(DisplayWidth.Cut(CleanText.Line(_trouble ?? ""), size.Columns))];
        if (lines.Count > size.Rows)
        {
            lines = [.. lines.Take(size.Rows - 1), style.Faint(DisplayWidth.Cut($"… {lines.Count - size.Rows + 1} more lines; q quits", size.Columns))];
        }

        terminal.Show(lines, size.Rows);
    }
}
