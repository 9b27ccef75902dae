using System.Text;

namespace BtFs.Completion;

/// <summary>The grammar as bash's programmable completion wants it.</summary>
internal static class BashCompletion
{
    /// <summary>A script to be sourced.</summary>
    public static string Script(CompletionModel model)
    {
        var script = new StringBuilder("""
            # Completion of btfs for bash, made by "btfs completion bash".
            _btfs() {
                local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} command= i
                if [[ $current == = ]]; then
                    current=
                elif [[ $option == = ]]; then
                    option=${COMP_WORDS[COMP_CWORD-2]}
                fi
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case "$command ${COMP_WORDS[i]}" in

            """);
        foreach (var command in model.Commands.Where(command => command.Path.Length > 0))
        {
            script.Append($"            \"{(command.Path.Contains(' ', StringComparison.Ordinal) ? "" : " ")}{command.Path}\") command='{command.Path}' ;;\n");
        }

        script.Append("""
                    esac
                done
                COMPREPLY=()
                case $option in

            """);
        foreach (var option in model.Options.Where(option => option.ValueName is not null))
        {
            script.Append($"        {string.Join('|', option.Names)}) {Reply(option.Value, option.Words)}; return ;;\n");
        }

        script.Append("""
                esac
                if [[ $current == -* ]]; then
                    case $command in

            """);
        foreach (var command in model.Commands)
        {
            var names = command.Options.SelectMany(option => option.Names.Select(name => option.ValueName is null || name.Length == 2 ? name : name + "="));
            script.Append($"            '{command.Path}') mapfile -t COMPREPLY < <(compgen -W '{string.Join(' ', names)}' -- \"$current\") ;;\n");
        }

        script.Append("""
                    esac
                    [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
                    return
                fi
                case $command in

            """);
        foreach (var command in model.Commands)
        {
            script.Append($"        '{command.Path}') {Reply(command.Operands, [.. command.Words, .. command.Inner])} ;;\n");
        }

        return script.Append("""
                esac
            }
            complete -F _btfs btfs

            """).ToString();
    }

    private static string Reply(ValueKind kind, IReadOnlyList<string> words)
    {
        var files = kind switch
        {
            ValueKind.Directory => " -d",
            ValueKind.File => " -f",
            _ => "",
        };
        return files.Length == 0 && words.Count == 0
            ? ":"
            : $"{(files.Length > 0 ? "compopt -o filenames; " : "")}mapfile -t COMPREPLY < <(compgen{files} -W '{string.Join(' ', words)}' -- \"$current\")";
    }
}
