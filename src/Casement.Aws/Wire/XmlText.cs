using System.Buffers;
using System.Text;

namespace Casement.Aws.Wire;

/// <summary>Elements and text in UTF-8. What XML 1.0 cannot hold becomes U+FFFD, as no escape could carry it.</summary>
internal sealed class XmlText(IBufferWriter<byte> output)
{
    private static readonly SearchValues<char> Special = SearchValues.Create(
        "&<>\"\r\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\v\f\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015"
        + "\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\ufffe\uffff");

    public void OpenWithNamespace(string name, string xmlNamespace)
    {
        Raw("<");
        Raw(name);
        Raw(" xmlns=\"");
        Text(xmlNamespace);
        Raw("\">");
    }

    public void Open(string name)
    {
        Raw("<");
        Raw(name);
        Raw(">");
    }

    public void Close(string name)
    {
        Raw("</");
        Raw(name);
        Raw(">");
    }

    public void Element(string name, string text)
    {
        Open(name);
        Text(text);
        Close(name);
    }

    public void Text(string text)
    {
        var rest = text.AsSpan();
        while (true)
        {
            var special = rest.IndexOfAny(Special);
            if (special < 0)
            {
                Raw(rest);
                return;
            }

            Raw(rest[..special]);
            Raw(rest[special] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                // A bare carriage return would be read back as a line feed.
                '\r' => "&#xD;",
                _ => "\uFFFD",
            });
            rest = rest[(special + 1)..];
        }
    }

    private void Raw(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty)
        {
            Encoding.UTF8.GetBytes(text, output);
        }
    }
}
