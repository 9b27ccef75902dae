using BtFs.Running;

namespace BtFs.Tests;

public sealed class TerminalTests
{
    private readonly StringWriter _screen = new() { NewLine = "\n" };

    [Fact]
    public void Progress_stays_on_one_line_and_is_gone_when_there_is_an_outcome()
    {
        var terminal = new Terminal(_screen, isTerminal: true);

        terminal.Progress("1 peer");
        terminal.Progress("2 peers\n\u001b[31m");
        terminal.Ready("mounted");

        Assert.Equal("\r\u001b[K1 peer\r\u001b[K2 peers??[31m\r\u001b[Kmounted\n", _screen.ToString());
    }

    [Fact]
    public void Scripts_see_failures_only()
    {
        var terminal = new Terminal(_screen, isTerminal: false);

        terminal.Progress("1 peer");
        terminal.Ready("mounted");
        Assert.Equal("", _screen.ToString());

        terminal.Failed(new ErrorReport(ExitCode.Source, "btfs: a: b\nc"));
        Assert.Equal("btfs: a: b\nc\n", _screen.ToString());
    }

    [Theory]
    [InlineData("a\u001b[31mb", "a?[31mb")]
    [InlineData("gpj\u202eexe", "gpjexe")]
    [InlineData("one\r\ntwo", "one??two")]
    [InlineData("\u009b1m", "?1m")]
    public void Text_from_strangers_cannot_drive_a_terminal(string text, string shown) => Assert.Equal(shown, CleanText.Line(text));
}
