using System.CommandLine;

namespace BtFs.Settings;

/// <summary>A value of an option that was not given on the command line.</summary>
/// <param name="Option">One of the mount's.</param>
/// <param name="Value">As it was written; <c>true</c> or <c>false</c> for a flag.</param>
/// <param name="Origin">Where it was written, for messages: a variable, or a file and its line.</param>
internal sealed record Setting(Option Option, string Value, string Origin)
{
    /// <summary>Whether it is a flag that is switched off.</summary>
    public bool IsOff => Option is Option<bool> && Value == SettingNames.Off;
}
