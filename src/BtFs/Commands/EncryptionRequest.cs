using BtFs.Engine;

namespace BtFs.Commands;

/// <summary>What the command line says of encryption.</summary>
internal static class EncryptionRequest
{
    /// <summary>Reads <c>--encryption</c>.</summary>
    /// <exception cref="CommandException">There is no such word.</exception>
    public static EncryptionPolicy Read(string? text) => text switch
    {
        null or "prefer" => EncryptionPolicy.Prefer,
        "require" => EncryptionPolicy.Require,
        "off" => EncryptionPolicy.Off,
        _ => throw new CommandException(ExitCode.Usage, $"--encryption={text}", "it is prefer, require or off"),
    };
}
