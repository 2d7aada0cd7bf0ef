using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LeaseElection.Hosting.Analyzers.CodeFixes;

/// <summary>For LE0003: removes the registration that runs the service everywhere.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class RemoveRegistrationFix : CodeFixProvider
{
    private const string Title = "Run it on the leader only";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => [Rules.RegisteredTwice.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Diagnostic diagnostic = context.Diagnostics[0];
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not InvocationExpressionSyntax call
            || Without(root, call) is not { } without)
        {
            return;
        }

        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (call.Expression is MemberAccessExpressionSyntax { Expression: var services }
            && model?.GetSymbolInfo(services, context.CancellationToken).Symbol is INamedTypeSymbol)
        {
            return; // AddHostedService<T>(services): what is left of that is the name of a class.
        }

        Document changed = context.Document.WithSyntaxRoot(without);
        context.RegisterCodeFix(CodeAction.Create(Title, _ => Task.FromResult(changed), Title), diagnostic);
    }

    private static SyntaxNode? Without(SyntaxNode root, InvocationExpressionSyntax call) => call switch
    {
        // services.A().AddHostedService<T>().B() is services.A().B(), as long as something is left to be called.
        { Expression: MemberAccessExpressionSyntax { Expression: InvocationExpressionSyntax rest } } =>
            root.ReplaceNode(call, rest.WithTriviaFrom(call)),
        { Expression: MemberAccessExpressionSyntax { Expression: var services }, Parent: MemberAccessExpressionSyntax } =>
            root.ReplaceNode(call, services.WithTriviaFrom(call)),
        { Parent: ExpressionStatementSyntax { Parent: GlobalStatementSyntax statement } } =>
            root.RemoveNode(statement, SyntaxRemoveOptions.KeepUnbalancedDirectives),
        { Parent: ExpressionStatementSyntax { Parent: BlockSyntax } statement } =>
            root.RemoveNode(statement, SyntaxRemoveOptions.KeepUnbalancedDirectives),
        _ => null,
    };
}
