using System.Reflection;
using System.Xml.Linq;

namespace LeaseElection.Testing.Schema;

/// <summary>What the XML documentation of a library says, as plain text.</summary>
public sealed class XmlDocs(Assembly library)
{
    private readonly Dictionary<string, XElement> _members = XDocument
        .Load(Path.ChangeExtension(library.Location, ".xml"))
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value);

    /// <summary>The summary of a type, a property or a field, and what its value is.</summary>
    public string Of(string member) => string.Join(' ', new[] { _members[member].Element("summary"), _members[member].Element("value") }
        .OfType<XElement>()
        .SelectMany(part => string.Concat(part.Nodes().Select(Text)).Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)));

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement see when see.Attribute("langword") is { } word => word.Value,
        XElement see when see.Attribute("cref") is { } member => member.Value.Split('(')[0].Split('.')[^1],
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };
}
