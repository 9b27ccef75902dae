using System.CommandLine;
using BtFs.Completion;

namespace BtFs.Commands;

/// <summary><c>btfs completion SHELL</c>: prints what a shell needs to complete our command line, made from the grammar.</summary>
internal static class CompletionCommand
{
    private static readonly Argument<string[]> Operands = new("bash|zsh|fish") { Arity = ArgumentArity.ZeroOrMore };

    /// <summary>The command.</summary>
    /// <param name="root">The whole grammar.</param>
    public static Command Grammar(Command root) => Commands.Grammar.Command(
        "completion",
        "print a shell's completion script",
        new HelpPage(
            ["btfs completion bash|zsh|fish"],
            """
            Prints a script that completes commands, options and their values.
              bash:  btfs completion bash > ~/.local/share/bash-completion/completions/btfs
              zsh:   btfs completion zsh > DIRECTORY-OF-$fpath/_btfs
              fish:  btfs completion fish > ~/.config/fish/completions/btfs.fish
            """),
        Operands,
        line =>
        {
            Console.Out.Write(ScriptOf(line.GetValue(Operands) ?? [], root));
            return Task.FromResult(ExitCode.Ok);
        });

    private static string ScriptOf(string[] operands, Command root) => operands switch
    {
        ["bash"] => BashCompletion.Script(CompletionModel.Of(root)),
        ["zsh"] => ZshCompletion.Script(CompletionModel.Of(root)),
        ["fish"] => FishCompletion.Script(CompletionModel.Of(root)),
        _ => throw new CommandException(ExitCode.Usage, operands is [var word, ..] ? word : "completion", "name one shell: bash, zsh or fish", "It is btfs completion bash|zsh|fish."),
    };
}
