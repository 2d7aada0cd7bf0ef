using LeaseElection.Hosting.Analyzers.CodeFixes;

namespace LeaseElection.Hosting.Analyzers.Tests;

public sealed class CheckedThenAwaitedTests
{
    [Theory]
    [InlineData("if (election.IsLeader) { await Load(); {|LE0001:Act()|}; }")]
    [InlineData("if (election.IsLeader) { await Load(); await {|LE0001:ActAsync()|}; }")]
    [InlineData("if (election.IsLeader) { await Load(); await {|LE0001:ActAsync()|}.ConfigureAwait(false); }")]
    [InlineData("if (election.IsLeader) { await Load(); _ = {|LE0001:ActAsync()|}; }")]
    [InlineData("if (election.IsLeader) { {|LE0001:Act(await Load())|}; }")]
    [InlineData("if (election.IsLeader && await Load() > 0) {|LE0001:Act()|};")]
    [InlineData("if (election.IsLeader == true) { await Load(); if (DateTime.MaxValue.Year > 1) {|LE0001:Act()|}; }")]
    [InlineData("if (!election.IsLeader) return; await Load(); {|LE0001:Act()|};")]
    [InlineData("if (!election.IsLeader) return; while (true) { {|LE0001:Act()|}; await Task.Delay(1); }")]
    [InlineData("while (election.IsLeader) { await Task.Delay(1); {|LE0001:Act()|}; }")]
    [InlineData("if (election.Term is { IsHeld: true } term) { await Load(); {|LE0001:Act()|}; }")]
    [InlineData("if (election.Term is not { IsHeld: true } term) return; await Load(); {|LE0001:Act()|};")]
    [InlineData("if (election.Term?.IsHeld == true) { await Load(); {|LE0001:Act()|}; }")]
    [InlineData("if (election.Term?.IsHeld ?? false) { await Load(); {|LE0001:Act()|}; }")]
    [InlineData("if (election.IsLeader is false) return; await foreach (int row in Rows()) {|LE0001:Act(row)|};")]
    [InlineData("if (election.IsLeader) { try { await Load(); } finally { } {|LE0001:Act()|}; }")]
    [InlineData("Func<Task> later = async () => { if (election.IsLeader) { await Load(); {|LE0001:Act()|}; } }; await later();")]
    [InlineData("await Later(); async Task Later() { if (election.IsLeader) { await Load(); {|LE0001:Act()|}; } }")]
    [InlineData("if (election.IsLeader) { await Load(); {|LE0001:callback()|}; }")]
    [InlineData("if (election.IsLeader) { await Load(); {|LE0001:Act()|}; Act(); await Load(); Act(); }")] // Told once.
    [InlineData("if (!election.IsLeader) return; await foreach (int row in Rows()) {|LE0001:Act(row)|};")]
    public Task Analyze_AnActPastAnAwait_IsFound(string body) => Verify.FindsAsync<CheckedThenAwaitedAnalyzer>(Program(body));

    [Theory]
    [InlineData("if (election.IsLeader) await ActAsync();")]
    [InlineData("if (election.IsLeader) { Act(); await ActAsync(); }")]
    [InlineData("if (election.IsLeader) { await Load(); } Act();")] // Everybody does it.
    [InlineData("if (!election.IsLeader) { await Load(); Act(); }")]
    [InlineData("if (election.IsLeader) Act(); else { await Load(); Act(); }")]
    [InlineData("if (election.IsLeader) { await Load(); if (election.IsLeader) Act(); }")]
    [InlineData("if (election.IsLeader) { await Load(); if (!election.IsLeader) return; Act(); }")]
    [InlineData("while (election.IsLeader) { Act(); await Task.Delay(1); }")]
    [InlineData("while (true) { if (!election.IsLeader) { await Task.Delay(1); continue; } Act(); await Load(); }")]
    [InlineData("if (election.Term is { IsHeld: true } term) { await Load(); term.ThrowIfLost(); Act(); }")]
    [InlineData("if (election.Term is { IsHeld: true } term) { await Load(); Write(term.FencingToken); }")]
    [InlineData("if (election.Term is { IsHeld: true } term) { await Load(); await ActAsync(term.Lost); }")]
    [InlineData("if (election.IsLeader) { await Load(); Guarded(election); Act(); }")]
    [InlineData("if (election.IsLeader) { await Load(); await election.StepDownAsync(); }")]
    [InlineData("if (election.IsLeader) { await Load(); await election.WaitForLeadershipAsync(); Act(); }")]
    [InlineData("if (election.IsLeader) { int rows = await Load(); logger.LogInformation(\"{Rows}\", rows); Console.WriteLine(rows); }")]
    [InlineData("if (election.IsLeader) { var list = new List<int>(); await Load(); list.Add(1); int more = await Load(); }")]
    [InlineData("if (election.IsLeader) { await Load(); await Task.Delay(1); }")]
    [InlineData("if (election.IsLeader) { try { await Load(); } catch (Exception) { Act(); } }")]
    [InlineData("await Load(); Act();")]
    [InlineData("if (!election.IsLeader) return; await Load(); if (!election.IsLeader) { await ActAsync(); return; } Act();")] // Cleans up.
    [InlineData("if (election.Term is { IsHeld: true } term) { await Load(); term.Lost.ThrowIfCancellationRequested(); Act(); }")]
    [InlineData("if (election.Term is { IsHeld: true } term) { await Load(); if (term.Lost.IsCancellationRequested) return; Act(); }")]
    [InlineData("if (election.Term is { IsHeld: true } term) { await Load(); await Retry(async () => Write(term.FencingToken)); }")]
    [InlineData("if (election.Term is { IsHeld: true } term) { await Load(); await Retry(() => ActAsync(term.Lost)); }")]
    [InlineData("if (election.IsLeader) { using var answer = await Post(); answer.EnsureSuccessStatusCode(); }")]
    [InlineData("if (election.IsLeader) { await ActAsync(); lifetime.StopApplication(); }")] // Once, and the app is done.
    [InlineData("if (election.IsLeader) { int row = await Load(); ArgumentOutOfRangeException.ThrowIfNegative(row); }")]
    [InlineData("while (!election.IsLeader) await Task.Delay(1); await ActAsync(); await host.StopAsync();")]
    public Task Analyze_NoSuchAct_FindsNothing(string body) => Verify.FindsAsync<CheckedThenAwaitedAnalyzer>(Program(body));

    [Theory]
    [InlineData("while (term.IsHeld) { int row = await Load(); await ActAsync(stoppingToken); }", "")]
    [InlineData("using var both = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken); if (term.IsHeld) { await Load(); await "
        + "ActAsync(both.Token); }", "")]
    [InlineData("while (term.IsHeld) { await Load(); await {|LE0001:ActAsync(CancellationToken.None)|}; }", "")]
    [InlineData("while (term.IsHeld) { await Load(); await {|LE0001:ActAsync()|}; }", "")]
    [InlineData("while (term.IsHeld) { await Load(); stoppingToken.ThrowIfCancellationRequested(); Act(); }", "")]
    [InlineData("while (term.IsHeld) { await Load(); if (stoppingToken.IsCancellationRequested) return; Act(); }", "")]
    [InlineData("await Task.Delay(1, stoppingToken);", "while (_term!.IsHeld) { await Load(); await ActAsync(token); }")]
    [InlineData("await Task.Delay(1, stoppingToken);", "while (_term!.IsHeld) { await Load(); {|LE0001:Act()|}; }")]
    public Task Analyze_WhatIsGivenTheTermsToken_IsGuarded(string body, string helper) =>
        Verify.FindsAsync<CheckedThenAwaitedAnalyzer>(Program("") + $$"""
            internal sealed class Work : Acting, ILeaderWork
            {
                private LeadershipTerm? _term = null;

                public async Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken) { {{body}} }

                internal async Task HelpAsync(CancellationToken token) { await Load(); {{helper}} GC.KeepAlive(_term); }
            }
            """);

    [Theory]
    [InlineData("Act();", "term.ThrowIfLost();\n        Act();")]
    [InlineData(
        "if (DateTime.MaxValue.Year > 1)\n            Act();",
        "if (DateTime.MaxValue.Year > 1)\n        {\n            term.ThrowIfLost();\n            Act();\n        }")]
    public Task Fix_OfATerm_ThrowsIfItIsLost(string act, string guarded) => FixAsync(
        "if (election.Term is not { IsHeld: true } term)\n            return;\n        await Load();\n        " + act,
        "if (election.Term is not { IsHeld: true } term)\n            return;\n        await Load();\n        " + guarded);

    [Theory]
    [InlineData("// Settles.\n        ", "")]
    [InlineData("// Settles.\n#if !NEVER\n        ", "\n#endif")]
    public Task Fix_OfATerm_KeepsWhatStandsBefore(string before, string after)
    {
        string body = $"if (election.Term is not {{ IsHeld: true }} term)\n            return;\n        await Load();\n        {before}";
        return FixAsync($"{body}Act();{after}", $"{body}term.ThrowIfLost();\n        Act();{after}");
    }

    [Fact]
    public Task Fix_BeforeAnElse_LeavesItWhereItBelongs() => FixAsync(
        "if (!election.IsLeader)\n            return;\n        if (await Load() > 0)\n            Act();\n        else\n            "
            + "Console.WriteLine();",
        "if (!election.IsLeader)\n            return;\n        if (await Load() > 0)\n        {\n            if (election.IsLeader)\n"
            + "                Act();\n        }\n        else\n            Console.WriteLine();");

    [Fact]
    public Task Fix_WherePropertiesAreAskedThroughAPattern_IsNotOffered() => FixAsync(
        "if (election is { Term.IsHeld: true } found)\n        {\n            await Load();\n            Act();\n        }",
        "if (election is { Term.IsHeld: true } found)\n        {\n            await Load();\n            {|LE0001:Act()|};\n        }");

    [Fact]
    public Task Fix_OfAnElection_AsksAgain() => FixAsync(
        "if (!election.IsLeader)\n            return;\n        await Load();\n        Act();",
        "if (!election.IsLeader)\n            return;\n        await Load();\n        if (election.IsLeader)\n            Act();");

    [Fact]
    public Task Fix_WhereTheElectionIsOutOfSight_IsNotOffered() => FixAsync(
        "if (Find().IsLeader)\n        {\n            await Load();\n            Act();\n        }",
        "if (Find().IsLeader)\n        {\n            await Load();\n            {|LE0001:Act()|};\n        }");

    private static Task FixAsync(string body, string fixedBody) => Verify.FixesAsync<CheckedThenAwaitedAnalyzer, CheckAgainFix>(
        Program(body.Replace("Act()", "{|LE0001:Act()|}", StringComparison.Ordinal)), Program(fixedBody));

    private static string Program(string body) => $$"""
        internal class Acting
        {
            protected void Act(int row = 0) { }
            protected void Write(FencingToken token) { }
            protected void Guarded(ILeaderElection election) { }
            protected Task ActAsync(CancellationToken token = default) => Task.CompletedTask;
            protected Task<int> Load() => Task.FromResult(1);
            protected async IAsyncEnumerable<int> Rows() { yield return await Load(); }
            protected Task Retry(Func<Task> act) => act();
            protected Task<System.Net.Http.HttpResponseMessage> Post() => Task.FromResult(new System.Net.Http.HttpResponseMessage());
            protected readonly IHostApplicationLifetime lifetime = null!;
            protected readonly IHost host = null!;
        }

        internal sealed class Service(ILeaderElection election, ILogger<Service> logger, Action callback) : Acting
        {
            private ILeaderElection Find() => election;

            public async Task RunAsync()
            {
                logger.LogTrace("{Callback}", callback);
                {{body}}
                await Task.CompletedTask;
            }

            private static void Main() { }
        }

        """;
}
