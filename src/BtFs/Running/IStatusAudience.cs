namespace BtFs.Running;

/// <summary>Who waits for the mount: the terminal, the process that started us in the background, or a service manager.</summary>
internal interface IStatusAudience
{
    /// <summary>Tells how the work goes; the next word replaces this one.</summary>
    void Progress(string text);

    /// <summary>Takes away what <see cref="Progress"/> told last.</summary>
    void EndProgress();

    /// <summary>Tells something beside, which stays to be read.</summary>
    void Note(string text);

    /// <summary>Tells that programs can use the mount.</summary>
    void Ready(string text);

    /// <summary>Tells that the mount goes away, as it was asked to.</summary>
    void Ending();

    /// <summary>Tells how it failed.</summary>
    void Failed(ErrorReport report);
}
