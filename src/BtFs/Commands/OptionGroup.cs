using System.CommandLine;

namespace BtFs.Commands;

/// <summary>Options that help shows together.</summary>
/// <param name="Title">What they are about.</param>
/// <param name="Options">In the order of the help.</param>
internal sealed record OptionGroup(string Title, params Option[] Options);
