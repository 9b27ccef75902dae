using BtFs.Fuse.Mounting;

namespace BtFs.Commands;

/// <summary>How mount(8) calls: <c>mount.btfs SOURCE DIRECTORY [-sfnv] [-N NAMESPACE] [-o OPTIONS] [-t TYPE]</c>, and what that is in our own words.</summary>
/// <remarks>Here <c>-f</c> is "fake" and <c>-s</c> "sloppy", see mount(8), "External helpers".</remarks>
internal static class MountHelperLine
{
    private const string Usage = "It is mount.btfs SOURCE DIRECTORY [-sfnv] [-o OPTIONS] [-t TYPE].";

    /// <summary>Reads the call.</summary>
    /// <returns>Our own command line.</returns>
    /// <exception cref="CommandException">It makes no sense.</exception>
    public static string[] Read(string[] arguments)
    {
        if (arguments is ["-h" or "--help" or "-V" or "--version"])
        {
            return arguments;
        }

        var (operands, words, fake, sloppy) = (new List<string>(), new List<string>(), false, false);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is not ['-', _, ..])
            {
                operands.Add(arguments[i]);
                continue;
            }

            for (var rest = arguments[i][1..]; rest.Length > 0;)
            {
                var letter = rest[0];
                rest = rest[1..];
                switch (letter)
                {
                    case 'f':
                        fake = true;
                        break;
                    case 's':
                        sloppy = true;
                        break;
                    case 'n' or 'v':
                        break;
                    case 'o':
                        words.AddRange(FuseMountOptions.WordsOf(ValueOf(letter, ref rest, arguments, ref i)));
                        break;
                    case 't':
                        _ = ValueOf(letter, ref rest, arguments, ref i);
                        break;
                    case 'N':
                        throw new CommandException(ExitCode.Usage, "-N", "btfs cannot go to another mount namespace by itself", "Try: nsenter --mount=NAMESPACE mount …");
                    default:
                        throw new CommandException(ExitCode.Usage, arguments[i], "unknown option", Usage);
                }
            }
        }

        if (operands is not [var source, var directory])
        {
            throw new CommandException(ExitCode.Usage, "mount.btfs", "needs a source and a directory", Usage);
        }

        return
        [
            // Also where a variable or a file says otherwise.
            $"{MountOptions.Foreground.Name}=false", $"{MountOptions.Debug.Name}=false",
            .. WordsOf(words, source, sloppy), .. fake ? [MountOptions.Fake.Name] : Array.Empty<string>(), "--", source, directory,
        ];
    }

    /// <summary>What is left of a bundle, or the next argument.</summary>
    private static string ValueOf(char option, ref string rest, string[] arguments, ref int i)
    {
        if (rest.Length > 0)
        {
            (var value, rest) = (rest, "");
            return value;
        }

        return ++i < arguments.Length ? arguments[i] : throw new CommandException(ExitCode.Usage, $"-{option}", "needs a value", Usage);
    }

    private static IEnumerable<string> WordsOf(IEnumerable<string> words, string source, bool sloppy)
    {
        // mount -a compares the table's source with that of fstab, so as not to mount twice.
        yield return "-o";
        yield return $"fsname={Escaped(source)}";
        foreach (var word in words)
        {
            switch (word.Replace('_', '-'))
            {
                case "remount":
                    throw new CommandException(ExitCode.Usage, "-o remount", "a mount of btfs cannot be changed", "Unmount it, and mount it again.");
                case "debug":
                    yield return MountOptions.Verbose.Name;
                    break;
                case "rw" or "foreground":
                    // It always goes to the background, and mount(8) says rw to everybody.
                    break;
                default:
                    if (!sloppy || OptionWords.Knows(word))
                    {
                        yield return "-o";
                        yield return Escaped(word);
                    }

                    break;
            }
        }
    }

    private static string Escaped(string word) => word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}
