using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LeaseElection.Hosting.Analyzers.CodeFixes;

/// <summary>For LE0002: hands the token to every call of the work that can take one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class PassTokenFix : CodeFixProvider
{
    private const string Title = "Pass the token on";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => [Rules.TokenUnheard.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Diagnostic diagnostic = context.Diagnostics[0];
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        ParameterSyntax? parameter = root?.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<ParameterSyntax>();
        if (root is null || model is null || parameter is not { Parent.Parent: { } work })
            return;

        // Nobody can pass on what has no name.
        string token = parameter.Identifier.ValueText == "_" ? "stoppingToken" : parameter.Identifier.ValueText;
        Dictionary<SyntaxNode, SyntaxNode> changes = [];
        foreach (InvocationExpressionSyntax call in work.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (CanHear(call, work) && TokenArgument(model, call, token) is { } argument)
                changes[call.ArgumentList] = call.ArgumentList.AddArguments(argument);
        }

        if (changes.Count == 0)
            return;
        if (parameter.Identifier.ValueText != token)
            changes[parameter] = parameter.WithIdentifier(SyntaxFactory.Identifier(token).WithTriviaFrom(parameter.Identifier));
        Document changed = context.Document.WithSyntaxRoot(Changed(root, changes));
        context.RegisterCodeFix(CodeAction.Create(Title, _ => Task.FromResult(changed), Title), diagnostic);
    }

    /// <summary>Calls are arguments of calls: an inner one may have been changed when it is its outer one's turn.</summary>
    private static SyntaxNode Changed(SyntaxNode root, Dictionary<SyntaxNode, SyntaxNode> changes) => root.ReplaceNodes(
        changes.Keys,
        (before, now) => now is ArgumentListSyntax list
            ? list.AddArguments(((ArgumentListSyntax)changes[before]).Arguments.Last())
            : changes[before]);

    /// <summary>What is static does not see the token, and what cleans up must not be given one that has fired by then.</summary>
    private static bool CanHear(SyntaxNode call, SyntaxNode work) => !call.Ancestors()
        .TakeWhile(ancestor => ancestor != work)
        .Any(ancestor => ancestor is FinallyClauseSyntax
            || (ancestor is LocalFunctionStatementSyntax local && local.Modifiers.Any(SyntaxKind.StaticKeyword))
            || (ancestor is AnonymousFunctionExpressionSyntax lambda && lambda.Modifiers.Any(SyntaxKind.StaticKeyword)));

    /// <summary>Whether another type of task does as well: <c>ReadLineAsync(token)</c> returns a <c>ValueTask</c>.</summary>
    private static bool IsAwaited(SyntaxNode call) => call.Parent is AwaitExpressionSyntax
        || call.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" };

    private static ArgumentSyntax? TokenArgument(SemanticModel model, InvocationExpressionSyntax call, string token)
    {
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol method)
            return null;
        int given = call.ArgumentList.Arguments.Count;
        ArgumentSyntax argument = SyntaxFactory.Argument(SyntaxFactory.IdentifierName(token));

        if (method.Parameters.FirstOrDefault(IsToken) is { } own)
        {
            bool isGiven = own.Ordinal < given && call.ArgumentList.Arguments.All(other => other.NameColon is null)
                || call.ArgumentList.Arguments.Any(other => other.NameColon?.Name.Identifier.ValueText == own.Name);
            return isGiven || !own.IsOptional ? null
                : own.Ordinal == given && call.ArgumentList.Arguments.All(other => other.NameColon is null) ? argument
                : argument.WithNameColon(SyntaxFactory.NameColon(own.Name));
        }

        bool hasOverload = model.GetMemberGroup(call.Expression).OfType<IMethodSymbol>().Any(other =>
            (IsAwaited(call)
                || other.OriginalDefinition.ReturnType.ToDisplayString() == method.OriginalDefinition.ReturnType.ToDisplayString())
            && other.Parameters.Length == given + 1 && method.Parameters.Length == given && IsToken(other.Parameters[given])
            && other.Parameters.Take(given).Select(parameter => parameter.OriginalDefinition.Type.ToDisplayString())
                .SequenceEqual(method.Parameters.Select(parameter => parameter.OriginalDefinition.Type.ToDisplayString())));
        return hasOverload ? argument : null;
    }

    private static bool IsToken(IParameterSymbol parameter) =>
        parameter.Type is { Name: "CancellationToken", ContainingNamespace: { Name: "Threading", ContainingNamespace.Name: "System" } };
}
