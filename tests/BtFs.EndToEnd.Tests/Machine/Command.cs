using System.Diagnostics;
using System.Text;

namespace BtFs.EndToEnd.Machine;

/// <summary>What a command answered.</summary>
internal sealed record CommandResult(string Line, int ExitCode, byte[] Output, string Errors, TimeSpan Took)
{
    public string Text => Encoding.UTF8.GetString(Output).TrimEnd('\n');

    /// <summary>Fails the test, with all that the command said, unless it ended with 0.</summary>
    public CommandResult Ok()
    {
        Assert.True(ExitCode == 0, $"{Line}\nended with {ExitCode}\n{Errors}\n{(Output.Length < 4096 ? Text : "")}");
        return this;
    }
}

/// <summary>Runs a program as a user would, to its end or to a deadline.</summary>
internal sealed class Command
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly ProcessStartInfo _start;
    private TimeSpan _deadline = Deadline;

    public Command(string program, params IEnumerable<string> arguments)
    {
        _start = new ProcessStartInfo(Programs.Find(program), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _start.Environment["LC_ALL"] = "C.UTF-8";
    }

    public static Task<CommandResult> RunAsync(string program, params IEnumerable<string> arguments) =>
        new Command(program, arguments).RunAsync();

    /// <summary>Runs a line of shell with this folder as the current one.</summary>
    public static Task<CommandResult> ShellAsync(string folder, string line) => new Command("sh", "-c", line).In(folder).RunAsync();

    public Command In(string folder)
    {
        _start.WorkingDirectory = folder;
        return this;
    }

    public Command With(string variable, string? value)
    {
        _start.Environment[variable] = value;
        return this;
    }

    public Command Within(TimeSpan deadline)
    {
        _deadline = deadline;
        return this;
    }

    public Process Start()
    {
        var process = Process.Start(_start) ?? throw new InvalidOperationException($"{_start.FileName} did not start.");
        process.StandardInput.Close();
        return process;
    }

    /// <exception cref="TimeoutException">It had not ended at the deadline; it was killed.</exception>
    public async Task<CommandResult> RunAsync()
    {
        var line = $"{_start.FileName} {string.Join(' ', _start.ArgumentList)}";
        var since = Stopwatch.StartNew();
        using var process = Start();
        using var output = new MemoryStream();
        using var deadline = new CancellationTokenSource(_deadline);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.StandardOutput.BaseStream.CopyToAsync(output, deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return new CommandResult(line, process.ExitCode, output.ToArray(), await errors, since.Elapsed);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"Not within {_deadline.TotalSeconds} s: {line}");
        }
    }
}
