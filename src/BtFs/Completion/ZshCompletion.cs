using System.Text;

namespace BtFs.Completion;

/// <summary>The grammar as zsh's completion system wants it.</summary>
internal static class ZshCompletion
{
    /// <summary>A script for a folder of <c>$fpath</c>.</summary>
    public static string Script(CompletionModel model)
    {
        var script = new StringBuilder("""
            #compdef btfs
            # Completion of btfs for zsh, made by "btfs completion zsh".
            _btfs() {
                local command= i
                for (( i = 2; i < CURRENT; i++ )); do
                    case "$command ${words[i]}" in

            """);
        foreach (var command in model.Commands.Where(command => command.Path.Length > 0))
        {
            script.Append($"            (\"{(command.Path.Contains(' ', StringComparison.Ordinal) ? "" : " ")}{command.Path}\") command='{command.Path}' ;;\n");
        }

        script.Append("""
                    esac
                done
                case $command in

            """);
        foreach (var command in model.Commands)
        {
            script.Append($"        ('{command.Path}') _arguments -s -S :");
            foreach (var option in command.Options)
            {
                script.Append(" \\\n            ").Append(Spec(option));
            }

            script.Append(" \\\n            ").Append(Operands(command)).Append(" ;;\n");
        }

        return script.Append("""
                esac
            }
            _btfs "$@"

            """).ToString();
    }

    private static string Spec(CompletedOption option)
    {
        var star = option.IsRepeatable ? "'*'" : "";
        var names = option.Names.Select(name => option.ValueName is null ? name : name.Length == 2 ? $"{name}+" : $"{name}=").ToList();
        var value = option.ValueName is null ? "" : $":{Escaped(option.ValueName)}:{Action(option.Value, option.Words)}";
        return $"{star}{(names.Count == 1 ? names[0] : $"{{{string.Join(',', names)}}}")}'[{Escaped(option.Meaning)}]{value}'";
    }

    private static string Operands(CompletedCommand command)
    {
        var words = command.Inner.Concat(command.Words).ToList();
        var files = command.Operands switch
        {
            ValueKind.File => "files:file:_files",
            ValueKind.Directory => "directories:directory:_directories",
            _ => "",
        };
        return (words.Count, files.Length) switch
        {
            (0, 0) => "'*: :'",
            (0, _) => $"'*:{files.Split(':', 2)[1]}'",
            (_, 0) => $"'*:word:({string.Join(' ', words)})'",
            _ => $"'1:command: _alternative \"words:command:({string.Join(' ', words)})\" \"{files}\"' '*: :_files'",
        };
    }

    private static string Action(ValueKind kind, IReadOnlyList<string> words) => kind switch
    {
        ValueKind.File => "_files",
        ValueKind.Directory => "_directories",
        ValueKind.Word => $"({string.Join(' ', words)})",
        _ => " ",
    };

    private static string Escaped(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal)
        .Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal)
        .Replace("'", "'\\''", StringComparison.Ordinal);
}
