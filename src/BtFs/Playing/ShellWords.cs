using System.Text;

namespace BtFs.Playing;

/// <summary>Cuts a command into words as a shell would: blanks part, quotes and backslashes hold together. Nothing else has a meaning, and no shell is run.</summary>
internal static class ShellWords
{
    /// <summary>The words.</summary>
    /// <returns><see langword="null"/> when a quote is not closed.</returns>
    public static string[]? Split(string command)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var isWord = false;
        var quote = '\0';
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            if (c == '\\' && quote != '\'' && i + 1 < command.Length && (quote == '\0' || command[i + 1] is '"' or '\\' or '$' or '`'))
            {
                word.Append(command[++i]);
                isWord = true;
            }
            else if (quote != '\0')
            {
                if (c == quote)
                {
                    quote = '\0';
                }
                else
                {
                    word.Append(c);
                }
            }
            else if (c is '\'' or '"')
            {
                quote = c;
                isWord = true;
            }
            else if (c is ' ' or '\t' or '\n')
            {
                End();
            }
            else
            {
                word.Append(c);
                isWord = true;
            }
        }

        End();
        return quote == '\0' ? [.. words] : null;

        void End()
        {
            if (isWord)
            {
                words.Add(word.ToString());
                word.Clear();
                isWord = false;
            }
        }
    }
}
