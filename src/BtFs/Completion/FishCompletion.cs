using System.Text;

namespace BtFs.Completion;

/// <summary>The grammar as fish wants it.</summary>
internal static class FishCompletion
{
    /// <summary>A script to be sourced.</summary>
    public static string Script(CompletionModel model)
    {
        var script = new StringBuilder("""
            # Completion of btfs for fish, made by "btfs completion fish".
            function __btfs_at
                set -l command
                for word in (commandline -opc)[2..]
                    switch "$command $word"

            """);
        foreach (var command in model.Commands.Where(command => command.Path.Length > 0))
        {
            script.Append($"            case '{(command.Path.Contains(' ', StringComparison.Ordinal) ? "" : " ")}{command.Path}'\n                set command '{command.Path}'\n");
        }

        script.Append("""
                    end
                end
                test "$command" = "$argv[1]"
            end
            complete -c btfs -f

            """);
        foreach (var command in model.Commands)
        {
            var at = $"complete -c btfs -n '__btfs_at \"{command.Path}\"'";
            foreach (var inner in command.Inner)
            {
                var path = command.Path.Length == 0 ? inner : $"{command.Path} {inner}";
                script.Append($"{at} -a {inner} -d {Quoted(model.Commands.First(one => one.Path == path).Summary)}\n");
            }

            script.Append(Operands(command, at));
            foreach (var option in command.Options)
            {
                var names = string.Concat(option.Names.Select(name => name.Length == 2 ? $" -s {name[1]}" : $" -l {name[2..]}"));
                script.Append($"{at}{names} -d {Quoted(option.Meaning)}{Value(option.Value, option.Words)}\n");
            }
        }

        return script.ToString();
    }

    private static string Operands(CompletedCommand command, string at) => command.Operands switch
    {
        ValueKind.File => $"{at} -F\n",
        ValueKind.Directory => $"{at} -a '(__fish_complete_directories)'\n",
        ValueKind.Word => $"{at} -a '{string.Join(' ', command.Words)}'\n",
        _ => "",
    };

    private static string Value(ValueKind kind, IReadOnlyList<string> words) => kind switch
    {
        ValueKind.None => "",
        ValueKind.File => " -r -F",
        ValueKind.Directory => " -x -a '(__fish_complete_directories)'",
        ValueKind.Word => $" -x -a '{string.Join(' ', words)}'",
        _ => " -x",
    };

    private static string Quoted(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
