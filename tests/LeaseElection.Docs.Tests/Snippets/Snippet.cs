namespace LeaseElection.Docs.Tests.Snippets;

/// <summary>A block of code of a page.</summary>
/// <param name="Page">The page, from the root of the repository.</param>
/// <param name="Line">The line of the page that the first line of the code is.</param>
/// <param name="Language">What stands behind the fence, such as <c>csharp</c>.</param>
/// <param name="Code">The code.</param>
internal sealed record Snippet(string Page, int Line, string Language, string Code)
{
    public override string ToString() => $"{Page}:{Line}";
}
