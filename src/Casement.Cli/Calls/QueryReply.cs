using System.Xml;
using System.Xml.Linq;

namespace Casement.Cli.Calls;

/// <summary>An answer of the Query protocol: XML whose namespace says nothing that is needed.</summary>
internal sealed class QueryReply
{
    private readonly XElement _element;

    private QueryReply(XElement element) => _element = element;

    /// <exception cref="XmlException">It is not XML, or declares a document type.</exception>
    internal static QueryReply Parse(string xml)
    {
        using var reader = XmlReader.Create(new StringReader(xml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return new QueryReply(XElement.Load(reader));
    }

    /// <summary>The text of the first element of that name at any depth, or null.</summary>
    internal string? Text(string name) => Named(_element.Descendants(), name).FirstOrDefault()?.Value;

    /// <summary>The <c>member</c> elements of the list of that name.</summary>
    internal IReadOnlyList<QueryReply> Members(string list)
        => [.. Named(_element.Descendants(), list).Take(1).Elements().Where(element => element.Name.LocalName == "member")
            .Select(element => new QueryReply(element))];

    private static IEnumerable<XElement> Named(IEnumerable<XElement> elements, string name)
        => elements.Where(element => element.Name.LocalName == name);
}
