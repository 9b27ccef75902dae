namespace BtFs.Status;

/// <summary>All mounts that were asked, one below the other.</summary>
internal static class MountsPage
{
    /// <summary>The lines.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<StatusReading> readings, PageStyle style)
    {
        if (readings.Count == 0)
        {
            yield return "Nothing is mounted.";
        }

        for (var i = 0; i < readings.Count; i++)
        {
            if (i > 0)
            {
                yield return "";
            }

            foreach (var line in Of(readings[i], style))
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> Of(StatusReading reading, PageStyle style) => reading.Document is { } document
        ? StatusPage.Lines(document, style)
        : [style.Warning(DisplayWidth.Cut(CleanText.Line($"{reading.MountPoint}  {Trouble(reading.Outcome)}"), style.Width))];

    private static string Trouble(StatusOutcome outcome) => outcome switch
    {
        StatusOutcome.Dead => "the program behind it has died",
        StatusOutcome.NoAnswer => "does not answer",
        _ => "says nothing that could be understood",
    };
}
