using BtFs.Commands;
using BtFs.Running;
using BtFs.Testing;
using Microsoft.Extensions.Logging;

namespace BtFs.Tests.Status;

public sealed class RecentLogLinesTests
{
    [Fact]
    public void The_last_thousand_lines_are_kept()
    {
        using var recent = new RecentLogLines(new ManualTimeProvider());
        for (var i = 0; i < 2500; i++)
        {
            recent.Write(LogLevel.Information, $"line {i}");
        }

        var lines = recent.Text.TrimEnd('\n').Split('\n');
        Assert.Equal(RecentLogLines.Kept, lines.Length);
        Assert.EndsWith("info line 1500", lines[0]);
        Assert.EndsWith("info line 2499", lines[^1]);
    }

    [Fact]
    public void What_happens_is_kept_even_where_only_trouble_is_logged()
    {
        using var errors = new StringWriter();
        using var recent = new RecentLogLines(TimeProvider.System);
        using (var logs = SessionLogs.Create(new TextLogLines(errors, TimeProvider.System), LogDetail.Trouble, recent))
        {
            logs.CreateLogger("Test").Log(LogLevel.Information, default, "it happened", null, (text, _) => text);
            logs.CreateLogger("Test").Log(LogLevel.Debug, default, "every detail", null, (text, _) => text);
        }

        Assert.Equal("", errors.ToString());
        Assert.EndsWith("info Test: it happened\n", recent.Text);
    }
}
