using System.CommandLine;
using System.CommandLine.Invocation;

namespace BtFs.Commands;

/// <summary>Prints a text, whatever else is on the line.</summary>
internal sealed class TextAction(string text) : SynchronousCommandLineAction
{
    /// <summary>What it prints.</summary>
    public string Text { get; } = text;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Console.Out.WriteLine(Text);
        return (int)ExitCode.Ok;
    }
}
