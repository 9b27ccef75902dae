using System.Text;
using BtFs.Libraries;

namespace BtFs.Tests;

public sealed class ControlRequestTests
{
    [Theory]
    [InlineData("add magnet:?xt=x\n", "Add", "magnet:?xt=x", "")]
    [InlineData("add magnet:?xt=x", "Add", "magnet:?xt=x", "")]
    [InlineData("remove a name with spaces\r\n", "Remove", "a name with spaces", "")]
    [InlineData("delete x\n", "Delete", "x", "")]
    [InlineData("torrent\nd4:infoe\n", "Torrent", "", "d4:infoe\n")]
    public void A_request_is_a_line_and_the_bytes_of_a_torrent_behind_it(string text, string verb, string operand, string torrent)
    {
        var request = ControlRequest.TryRead(Encoding.UTF8.GetBytes(text))!;

        Assert.Equal((verb, operand, torrent), (request.Verb.ToString(), request.Operand, Encoding.UTF8.GetString(request.Torrent.Span)));
        Assert.Equal(request.Operand, ControlRequest.TryRead(request.ToBytes())!.Operand);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("add \n")]
    [InlineData("remove\n")]
    [InlineData("ADD x\n")]
    [InlineData("nonsense\n")]
    public void Anything_else_is_none(string text) => Assert.Null(ControlRequest.TryRead(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_line_that_does_not_end_is_none() => Assert.Null(ControlRequest.TryRead(Encoding.UTF8.GetBytes("add " + new string('x', 1 << 20))));

    [Fact]
    public void An_answer_is_one_line_whatever_is_in_it()
    {
        var answer = ControlReply.Failed(ExitCode.Source, "two\nlines").ToAnswer();

        Assert.Equal((false, "error 3 two?lines\n"), (answer.IsDone, answer.Text));
        Assert.Equal(ControlReply.Failed(ExitCode.Source, "two?lines"), ControlReply.TryParse(answer.Text));
        Assert.Equal(ControlReply.Done("a name"), ControlReply.TryParse(ControlReply.Done("a name").ToAnswer().Text));
        Assert.Null(ControlReply.TryParse("what?"));
    }
}
