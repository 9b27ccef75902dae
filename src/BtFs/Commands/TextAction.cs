using System.CommandLine;
using System.CommandLine.Invocation;

namespace BtFs.Commands;

/// <summary>Prints a text, whatever else is on the line.</summary>
internal sealed class TextAction(Func<string> text) : SynchronousCommandLineAction
{
    /// <summary>What it prints; made when it is asked for, since every start makes the whole grammar.</summary>
    public string Text => text();

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Console.Out.WriteLine(Text);
        return (int)ExitCode.Ok;
    }
}
