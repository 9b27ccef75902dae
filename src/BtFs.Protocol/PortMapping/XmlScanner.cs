using System.Text;

namespace BtFs.Protocol.PortMapping;

/// <summary>Goes through a small XML document of a device that may be hostile: elements and text, and nothing else that XML has.</summary>
/// <remarks>
/// No document type, so no entities but the five of XML itself, and nothing that grows or is fetched. Attributes, comments and processing
/// instructions are passed over, namespaces are cut off. The text is never copied but for escapes.
/// </remarks>
internal ref struct XmlScanner(ReadOnlySpan<char> document)
{
    /// <summary>Elements inside one another; a gateway's description has nine.</summary>
    internal const int MaxDepth = 32;

    private ReadOnlySpan<char> _rest = document;
    private bool _isEmptyElement;

    /// <summary>The element's name without its prefix, or the text as it is written.</summary>
    internal ReadOnlySpan<char> Value { get; private set; }

    /// <summary>Elements that are open.</summary>
    internal int Depth { get; private set; }

    /// <summary>Goes on to the next tag or text.</summary>
    /// <param name="kind">What it is.</param>
    /// <returns><see langword="false"/> at the end of the document.</returns>
    /// <exception cref="FormatException">It is no XML, is too deep, or has a document type.</exception>
    internal bool TryRead(out XmlKind kind)
    {
        kind = XmlKind.End;
        if (_isEmptyElement)
        {
            _isEmptyElement = false;
            Depth--;
            return true;
        }

        while (!_rest.IsEmpty)
        {
            if (_rest[0] != '<')
            {
                kind = XmlKind.Text;
                Value = TakeUntil("<", isOptional: true);
                return true;
            }

            if (_rest.StartsWith("<!--"))
            {
                _rest = _rest[4..];
                TakeUntil("-->");
            }
            else if (_rest.StartsWith("<?"))
            {
                TakeUntil("?>");
            }
            else if (_rest.StartsWith("<!"))
            {
                throw new FormatException("a document type or another declaration");
            }
            else
            {
                kind = ReadTag();
                return true;
            }
        }

        return Depth == 0 ? false : throw new FormatException("an element without an end");
    }

    /// <summary>Text as it is meant.</summary>
    /// <exception cref="FormatException">It has another entity than the five of XML.</exception>
    internal static string Unescape(ReadOnlySpan<char> text)
    {
        var plain = new StringBuilder(text.Length);
        while (text.IndexOf('&') is >= 0 and var at)
        {
            plain.Append(text[..at]);
            text = text[at..];
            var end = text.IndexOf(';');
            plain.Append((end < 0 ? default : text[1..end]) switch
            {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                _ => throw new FormatException("an entity that is not known"),
            });
            text = text[(end + 1)..];
        }

        return plain.Append(text).ToString().Trim();
    }

    private XmlKind ReadTag()
    {
        var isEnd = _rest.StartsWith("</");
        _rest = _rest[(isEnd ? 2 : 1)..];
        var length = _rest.IndexOfAny(" \t\r\n/>");
        if (length <= 0)
        {
            throw new FormatException("a tag without a name");
        }

        var name = _rest[..length];
        Value = name[(name.IndexOf(':') + 1)..];
        _rest = _rest[length..];
        var isEmpty = PassAttributes();
        if (isEnd)
        {
            return --Depth < 0 ? throw new FormatException("an end without a beginning") : XmlKind.End;
        }

        _isEmptyElement = isEmpty;
        return ++Depth > MaxDepth ? throw new FormatException($"more than {MaxDepth} elements in one another") : XmlKind.Start;
    }

    /// <returns>Whether the element has no content.</returns>
    private bool PassAttributes()
    {
        while (true)
        {
            var at = _rest.IndexOfAny("\"'>");
            if (at < 0)
            {
                throw new FormatException("a tag without an end");
            }

            var mark = _rest[at];
            var isEmpty = mark == '>' && at > 0 && _rest[at - 1] == '/';
            _rest = _rest[(at + 1)..];
            if (mark == '>')
            {
                return isEmpty;
            }

            TakeUntil([mark]);
        }
    }

    /// <summary>What stands before an end; the end itself is passed, unless it is optional.</summary>
    private ReadOnlySpan<char> TakeUntil(scoped ReadOnlySpan<char> end, bool isOptional = false)
    {
        var at = _rest.IndexOf(end);
        if (at < 0 && !isOptional)
        {
            throw new FormatException("something without an end");
        }

        var taken = at < 0 ? _rest : _rest[..at];
        _rest = at < 0 ? default : _rest[(isOptional ? at : at + end.Length)..];
        return taken;
    }
}
