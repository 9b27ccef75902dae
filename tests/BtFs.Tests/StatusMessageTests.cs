using BtFs.Running;

namespace BtFs.Tests;

public sealed class StatusMessageTests
{
    [Theory]
    [InlineData("")]
    [InlineData("one line")]
    [InlineData("two\nlines with  spaces")]
    public void A_message_from_the_background_arrives_as_it_was_sent(string text)
    {
        var sent = new StatusMessage(StatusKind.Failed, ExitCode.MountRefused, text);

        Assert.DoesNotContain('\n', sent.ToLine());
        Assert.True(StatusMessage.TryParse(sent.ToLine(), out var received));
        Assert.Equal(sent, received);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Ready")]
    [InlineData("Ready x text")]
    [InlineData("Steady 0 text")]
    public void What_is_no_message_is_none(string line) => Assert.False(StatusMessage.TryParse(line, out _));
}
