namespace BtFs.Protocol.PortMapping;

/// <summary>What <see cref="XmlScanner"/> has come upon.</summary>
internal enum XmlKind
{
    /// <summary>The beginning of an element.</summary>
    Start,

    /// <summary>Its end; an empty element has one, too.</summary>
    End,

    /// <summary>Text between two tags.</summary>
    Text,
}
