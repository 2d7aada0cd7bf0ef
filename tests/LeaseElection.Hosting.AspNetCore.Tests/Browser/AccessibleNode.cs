using System.Text.Json;
using Microsoft.Playwright;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>What a screen reader is told of one thing on a page.</summary>
/// <param name="Role">What it is: <c>heading</c>, <c>button</c>.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Value">Its value, or null.</param>
/// <param name="Properties">What else is known: <c>valuemax</c>, <c>live</c>.</param>
internal sealed record AccessibleNode(string Role, string Name, string? Value, IReadOnlyDictionary<string, string> Properties)
{
    /// <summary>The page as Chromium gives it to a screen reader, which Playwright's own roles and names only reckon.</summary>
    public static async Task<IReadOnlyList<AccessibleNode>> AllOfAsync(IPage page)
    {
        ICDPSession session = await page.Context.NewCDPSessionAsync(page);
        JsonElement tree = (await session.SendAsync("Accessibility.getFullAXTree"))!.Value;
        await session.DetachAsync();
        return [.. tree.GetProperty("nodes").EnumerateArray().Where(node => !node.GetProperty("ignored").GetBoolean()).Select(Of)];
    }

    private static AccessibleNode Of(JsonElement node) => new(
        TextOf(node, "role") ?? "",
        TextOf(node, "name") ?? "",
        TextOf(node, "value"),
        node.TryGetProperty("properties", out JsonElement properties)
            ? properties.EnumerateArray().ToDictionary(
                property => property.GetProperty("name").GetString()!, property => TextOf(property, "value") ?? "")
            : new Dictionary<string, string>());

    private static string? TextOf(JsonElement owner, string property) =>
        owner.TryGetProperty(property, out JsonElement outer) && outer.TryGetProperty("value", out JsonElement value)
            ? value.ToString()
            : null;
}
