namespace BtFs.Testing.Swarms;

/// <summary>Something that happens at a set moment of virtual time.</summary>
internal interface IDue
{
    /// <summary>The moment has come.</summary>
    void Happen();
}
