using LeaseElection.Hosting.Analyzers.CodeFixes;

namespace LeaseElection.Hosting.Analyzers.Tests;

public sealed class TokenUnheardTests
{
    private const string Unheard = "CancellationToken {|LE0002:stoppingToken|}";

    [Theory]
    [InlineData("await Task.Delay(1);")]
    [InlineData("while (true) { }")]
    [InlineData("ArgumentNullException.ThrowIfNull(term); await Task.Delay(1);")]
    [InlineData("_ = Task.Run(async () => await Task.Delay(1));")]
    [InlineData("foreach (string line in System.IO.File.ReadLines(\"pipe\")) Console.WriteLine(line);")]
    [InlineData("while (term.IsHeld) { await Task.Delay(1); }")] // Held until this returns: a graceful stop waits for it.
    [InlineData("while (true) { term.ThrowIfLost(); await Task.Delay(1); }")]
    public Task Analyze_WorkThatTakesTimeAndLooksAtNothing_IsFound(string body) => FindsAsync(body, Unheard);

    [Theory]
    [InlineData("await Task.Delay(1, stoppingToken);")]
    [InlineData("foreach (string name in new[] { \"a\", \"b\" }) Console.WriteLine(name);")]
    [InlineData("var names = new[] { \"a\" }; Console.WriteLine(Array.ConvertAll(names, name => name.Trim()));")]
    [InlineData("while (!stoppingToken.IsCancellationRequested) { await Task.Delay(1); }")]
    [InlineData("await Task.Delay(1, term.Lost);")]
    [InlineData("await Other(term);")]
    [InlineData("_ = term.Identity; return;")]
    [InlineData("throw new NotSupportedException();")]
    [InlineData("Func<Task> later = () => Task.Delay(1, stoppingToken); await later();")]
    public Task Analyze_WorkThatListensOrTakesNoTime_FindsNothing(string body) => FindsAsync(body, "CancellationToken stoppingToken");

    [Fact]
    public Task Analyze_TheFormsThatWorkHas_AreAllFound() => Verify.FindsAsync<TokenUnheardAnalyzer>("""
        LeaderElectionBuilder builder = new ServiceCollection().AddLeaderElection();
        builder.AddWork(async (services, term, {|LE0002:token|}) => await Task.Delay(1));
        builder.AddWork((_, _, {|LE0002:_|}) => Task.Delay(1));
        builder.AddWork((services, term, token) => Task.Delay(1, token));
        builder.AddWork((services, term, token) => Task.CompletedTask);
        builder.AddWork((services, term, token) => Task.FromResult(1));
        builder.AddWork(Local);
        builder.AddWork(Methods.Unheard);
        builder.AddWork(Methods.Heard);

        static Task Local(IServiceProvider services, LeadershipTerm term, CancellationToken {|LE0002:token|}) => Task.Delay(1);

        internal static class Methods
        {
            public static async Task Unheard(IServiceProvider services, LeadershipTerm term, CancellationToken {|LE0002:token|}) =>
                await Task.Delay(1);

            public static Task Heard(IServiceProvider services, LeadershipTerm term, CancellationToken token) => Task.Delay(1, token);
        }

        internal sealed class Arrow : ILeaderWork
        {
            Task ILeaderWork.ExecuteAsync(LeadershipTerm term, CancellationToken {|LE0002:stoppingToken|}) => Task.Delay(1);
        }

        internal abstract class Base : ILeaderWork
        {
            public abstract Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken);
        }

        internal sealed class Derived : Base
        {
            public override Task ExecuteAsync(LeadershipTerm term, CancellationToken {|LE0002:stoppingToken|}) => Task.Delay(1);
        }

        internal sealed class Stranger
        {
            public Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken) => Task.Delay(1);
        }
        """);

    [Fact]
    public Task Analyze_PartitionedWork_IsLookedAtToo() => Verify.FindsAsync<TokenUnheardAnalyzer>("""
        LeaderElectionBuilder builder = new ServiceCollection().AddLeaderElection();
        builder.AddPartitionedWork(async (services, partition, term, {|LE0002:token|}) => await Task.Delay(1), 12);
        builder.AddPartitionedWork((services, partition, term, token) => Task.Delay(1, token), partitions: 12);
        builder.AddPartitionedWork(Local);

        static Task Local(IServiceProvider services, Partition partition, LeadershipTerm term, CancellationToken {|LE0002:token|}) => Task.Delay(1);

        internal sealed class Unheard : IPartitionedWork
        {
            public async Task ExecuteAsync(Partition partition, LeadershipTerm term, CancellationToken {|LE0002:stoppingToken|})
            {
                while (term.IsHeld)
                    await Task.Delay(1);
            }
        }

        internal sealed class Heard : IPartitionedWork
        {
            public Task ExecuteAsync(Partition partition, LeadershipTerm term, CancellationToken stoppingToken) => Task.Delay(1, stoppingToken);
        }
        """);

    [Fact]
    public Task Analyze_ScheduledWork_IsLookedAtToo() => Verify.FindsAsync<TokenUnheardAnalyzer>("""
        LeaderElectionBuilder builder = new ServiceCollection().AddLeaderElection();
        builder.AddScheduledWork("@hourly", async (services, run, {|LE0002:token|}) => await Task.Delay(1));
        builder.AddScheduledWork("@hourly", (services, run, token) => Task.Delay(1, token));
        builder.AddScheduledWork("nightly", "0 3 * * *", Local);
        builder.AddScheduledWork("handed-on", "0 3 * * *", async (services, run, token) => await Other(run.Term));
        builder.AddScheduledWork("handed-on-whole", "0 3 * * *", async (services, run, token) => await Whole(run));
        builder.AddScheduledWork("listens", "0 3 * * *", async (services, run, token) => await Task.Delay(1, run.Term.Lost));

        static Task Local(IServiceProvider services, ScheduledRun run, CancellationToken {|LE0002:token|}) => Task.Delay(run.Term.IsHeld ? 1 : 2);
        static Task Other(LeadershipTerm term) => Task.CompletedTask;
        static Task Whole(ScheduledRun run) => Task.CompletedTask;

        internal sealed class Unheard : IScheduledWork
        {
            public async Task ExecuteAsync(ScheduledRun run, CancellationToken {|LE0002:stoppingToken|}) => await Task.Delay(1);
        }

        internal sealed class Heard : IScheduledWork
        {
            public Task ExecuteAsync(ScheduledRun run, CancellationToken stoppingToken) => Task.Delay(1, stoppingToken);
        }
        """);

    [Fact]
    public Task Fix_HandsTheTokenToEveryCallThatTakesOne() => Verify.FixesAsync<TokenUnheardAnalyzer, PassTokenFix>(
        Work(
            """
            await Task.Delay(await Load(1));
                    await Optional();
                    await Optional(second: 2);
                    Console.WriteLine();
                    await Task.Delay(2, CancellationToken.None);
            """,
            Unheard),
        Work(
            """
            await Task.Delay(await Load(1, stoppingToken), stoppingToken);
                    await Optional(stoppingToken: stoppingToken);
                    await Optional(second: 2, stoppingToken: stoppingToken);
                    Console.WriteLine();
                    await Task.Delay(2, CancellationToken.None);
            """,
            "CancellationToken stoppingToken"));

    [Fact]
    public Task Fix_WhereTheTokenIsOutOfSightOrOfNoUse_LeavesTheCall() => Verify.FixesAsync<TokenUnheardAnalyzer, PassTokenFix>(
        Work(
            """
            await Task.Delay(1);
                    try { await Later(); } finally { await Load(1); }
                    Task<string?> line = Console.In.ReadLineAsync();
                    await Between(last: 2);
                    static async Task Later() => await Task.Delay(1);
            """,
            Unheard),
        Work(
            """
            await Task.Delay(1, stoppingToken);
                    try { await Later(); } finally { await Load(1); }
                    Task<string?> line = Console.In.ReadLineAsync();
                    await Between(last: 2, token: stoppingToken);
                    static async Task Later() => await Task.Delay(1);
            """,
            "CancellationToken stoppingToken"));

    [Fact]
    public Task Fix_OfADiscard_NamesIt() => Verify.FixesAsync<TokenUnheardAnalyzer, PassTokenFix>(
        "new ServiceCollection().AddLeaderElection().AddWork((_, _, {|LE0002:_|}) => Task.Delay(1));",
        "new ServiceCollection().AddLeaderElection().AddWork((_, _, stoppingToken) => Task.Delay(1, stoppingToken));");

    private static Task FindsAsync(string body, string token) => Verify.FindsAsync<TokenUnheardAnalyzer>(Work(body, token));

    private static string Work(string body, string token) => $$"""
        internal sealed class Work : ILeaderWork
        {
            public async Task ExecuteAsync(LeadershipTerm term, {{token}})
            {
                {{body}}
            }

            private static Task Other(LeadershipTerm term) => Task.Delay(1, term.Lost);
            private static Task<int> Load(int count) => Task.FromResult(count);
            private static Task<int> Load(int count, CancellationToken token) => Task.FromResult(count);
            private static Task Optional(int first = 1, int second = 2, CancellationToken stoppingToken = default) => Task.CompletedTask;
            private static Task Between(int first = 1, CancellationToken token = default, int last = 2) => Task.CompletedTask;
            private static void Main() { }
        }
        """;
}
