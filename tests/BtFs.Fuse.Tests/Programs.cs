using System.Diagnostics;

namespace BtFs.Fuse.Tests;

/// <summary>What a finished program left.</summary>
internal sealed record Finished(int ExitCode, byte[] Output, string Errors)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Output);
}

/// <summary>Runs ordinary programs on a mount. The tests look at it from outside, as users do.</summary>
internal static class Programs
{
    /// <summary>Far longer than anything here takes, short enough to fail a hanging test.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Process Start(string program, params string[] arguments)
    {
        var process = StartListening(program, arguments);
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Starts a program whose standard input stays open.</summary>
    public static Process StartListening(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["LC_ALL"] = "C";
        return Process.Start(start)!;
    }

    public static async Task<Finished> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        return await EndAsync(process);
    }

    public static Task<Finished> ShellAsync(string script, params string[] arguments) => RunAsync("sh", ["-c", script, "sh", .. arguments]);

    /// <summary>Waits for a program; kills it if it takes longer than <see cref="Patience"/>.</summary>
    public static async Task<Finished> EndAsync(Process process)
    {
        using var output = new MemoryStream();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new Finished(process.ExitCode, output.ToArray(), await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} did not end.");
        }
    }
}
