using LeaseElection.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LeaseElection.Hosting.Analyzers.Tests;

public sealed class RulesTests
{
    private static readonly DiagnosticAnalyzer[] Analyzers =
    [
        new CheckedThenAwaitedAnalyzer(), new TokenUnheardAnalyzer(), new RegisteredTwiceAnalyzer()
    ];

    [Fact]
    public void HelpLink_LeadsToTheRuleOnItsPage()
    {
        string[] page = File.ReadAllLines(Path.Combine(Checkout.Root, "src", "LeaseElection.Hosting", "docs", "analyzers.md"));

        Assert.All(Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics), rule =>
        {
            Assert.EndsWith(
                "/src/LeaseElection.Hosting/docs/analyzers.md#" + rule.Id.ToLowerInvariant(), rule.HelpLinkUri, StringComparison.Ordinal);
            Assert.Contains("## " + rule.Id, page);
            Assert.Equal(DiagnosticSeverity.Warning, rule.DefaultSeverity);
        });
    }
}
