using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace LeaseElection.Hosting.Analyzers.CodeFixes;

/// <summary>For LE0001: <c>term.ThrowIfLost();</c> before the act, or <c>if (election.IsLeader)</c> around it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class CheckAgainFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => [Rules.CheckedThenAwaited.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Diagnostic diagnostic = context.Diagnostics[0];
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<StatementSyntax>() is not { } act || model is null
            || !diagnostic.Properties.TryGetValue("Asked", out string? text) || text is null)
        {
            return;
        }

        // Whom the check asked may be out of sight where the act is, or be an expression that nobody wants to read twice.
        bool throws = diagnostic.Properties["Check"] == "IsHeld";
        ExpressionSyntax check = SyntaxFactory.ParseExpression(text + (throws ? ".ThrowIfLost()" : ".IsLeader"));
        if (!IsName(SyntaxFactory.ParseExpression(text))
            || model.GetSpeculativeSymbolInfo(act.SpanStart, check, SpeculativeBindingOption.BindAsExpression).Symbol is null)
        {
            return;
        }

        string title = throws ? $"Call {text}.ThrowIfLost() before it" : $"Check {text}.IsLeader again";
        context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(Fixed()), title), diagnostic);

        Document Fixed() => context.Document.WithSyntaxRoot(throws ? Throwing(root, act, text) : Checking(root, act, text));
    }

    private static bool IsName(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax or ThisExpressionSyntax => true,
        MemberAccessExpressionSyntax access => IsName(access.Expression),
        _ => false,
    };

    private static SyntaxNode Throwing(SyntaxNode root, StatementSyntax act, string term)
    {
        SyntaxTrivia newLine = root.DescendantTrivia().FirstOrDefault(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        StatementSyntax check = SyntaxFactory.ParseStatement(term + ".ThrowIfLost();")
            .WithLeadingTrivia(act.GetLeadingTrivia())
            .WithTrailingTrivia(newLine)
            .WithAdditionalAnnotations(Formatter.Annotation);
        // A comment, or an #if, that stands before the act is then before both.
        StatementSyntax indented = act.WithLeadingTrivia(act.GetLeadingTrivia().Where((trivia, index) =>
            index == act.GetLeadingTrivia().Count - 1 && trivia.IsKind(SyntaxKind.WhitespaceTrivia)));
        return act.Parent switch
        {
            BlockSyntax or SwitchSectionSyntax => root.ReplaceNode(act, [check, indented]),
            GlobalStatementSyntax statement =>
                root.ReplaceNode(statement, [SyntaxFactory.GlobalStatement(check), SyntaxFactory.GlobalStatement(indented)]),
            _ => root.ReplaceNode(
                act,
                SyntaxFactory.Block(check.WithLeadingTrivia(), act.WithoutTrivia())
                    .WithTriviaFrom(act)
                    .WithAdditionalAnnotations(Formatter.Annotation)),
        };
    }

    private static SyntaxNode Checking(SyntaxNode root, StatementSyntax act, string election)
    {
        StatementSyntax checking = SyntaxFactory.IfStatement(
            SyntaxFactory.ParseExpression(election + ".IsLeader"), act.WithoutTrivia());
        // Of `if (all) Act(); else Other();` the else would be that of the new if.
        if (act.Parent is IfStatementSyntax { Else: not null } either && either.Statement == act)
            checking = SyntaxFactory.Block(checking);
        return root.ReplaceNode(act, checking.WithTriviaFrom(act).WithAdditionalAnnotations(Formatter.Annotation));
    }
}
