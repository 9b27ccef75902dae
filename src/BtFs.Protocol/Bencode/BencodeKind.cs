namespace BtFs.Protocol.Bencode;

/// <summary>The four kinds of value (BEP 3, "bencoding").</summary>
public enum BencodeKind
{
    Integer,
    Bytes,
    List,
    Dictionary,
}
