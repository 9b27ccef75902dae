namespace BtFs.Protocol.Metainfo;

/// <summary>Placeholder of the contract; the metainfo work replaces it.</summary>
public sealed class InfoDictionary
{
}
