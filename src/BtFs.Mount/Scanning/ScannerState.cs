namespace BtFs.Mount.Scanning;

/// <summary>How a program stands that is a scanner, or that the user has named.</summary>
public enum ScannerState
{
    /// <summary>It gets what it reads, and nothing is fetched ahead.</summary>
    Sampling,

    /// <summary>When it last read what is not here, it had had its share.</summary>
    OverBudget,

    /// <summary>The user lets it read like everybody else.</summary>
    Allowed,

    /// <summary>The user lets it read nothing.</summary>
    Denied,
}
