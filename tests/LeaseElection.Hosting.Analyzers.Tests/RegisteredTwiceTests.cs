using LeaseElection.Hosting.Analyzers.CodeFixes;

namespace LeaseElection.Hosting.Analyzers.Tests;

public sealed class RegisteredTwiceTests
{
    private const string Services = """
        internal sealed class Mailer : BackgroundService
        {
            protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
        }

        internal sealed class Other : BackgroundService
        {
            protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
        }
        """;

    [Fact]
    public Task Analyze_OneServiceOfBothKinds_IsFoundWhereItIsAnOrdinaryOne() => Verify.FindsAsync<RegisteredTwiceAnalyzer>($$"""
        var services = new ServiceCollection();
        services.AddLeaderElection().AddHostedService<Mailer>();
        {|LE0003:services.AddHostedService<Mailer>()|};
        {|LE0003:services.AddHostedService(provider => provider.GetRequiredService<Mailer>())|};
        services.AddHostedService<Other>();

        {{Services}}
        """);

    [Fact]
    public Task Analyze_TwoServices_FindsNothing() => Verify.FindsAsync<RegisteredTwiceAnalyzer>($$"""
        var services = new ServiceCollection();
        services.AddLeaderElection().AddHostedService<Mailer>();
        services.AddSingleton<Other>();
        services.AddHostedService<Other>();

        {{Services}}
        """);

    [Theory]
    [InlineData("if (args.Length > 0) leader.AddHostedService<Mailer>(); else services.AddHostedService<Mailer>();")]
    [InlineData("if (args.Length > 0) { services.AddHostedService<Mailer>(); } else if (args.Length > 1) { leader.AddHostedService<Mailer>(); }")]
    [InlineData("switch (args.Length) { case 0: services.AddHostedService<Mailer>(); break; default: leader.AddHostedService<Mailer>(); break; }")]
    [InlineData("_ = args.Length > 0 ? services.AddHostedService<Mailer>() : leader.AddHostedService<Mailer>().Services;")]
    public Task Analyze_OneOrTheOther_FindsNothing(string registration) => FindsAsync(registration);

    [Theory]
    [InlineData("leader.AddHostedService(provider => new Mailer()); {|LE0003:services.AddHostedService<Mailer>()|};")]
    [InlineData("if (args.Length > 0) leader.AddHostedService<Mailer>(); {|LE0003:services.AddHostedService<Mailer>()|};")]
    [InlineData("if (args.Length > 0) { leader.AddHostedService<Mailer>(); {|LE0003:services.AddHostedService<Mailer>()|}; } else { }")]
    public Task Analyze_BothAtOnce_IsFound(string registration) => FindsAsync(registration);

    [Theory]
    [InlineData("{|LE0003:services.AddHostedService<Mailer>()|};\n", "")]
    [InlineData("{|LE0003:services.AddHostedService<Mailer>()|}.AddLogging();\n", "services.AddLogging();\n")]
    [InlineData("{|LE0003:services.AddLogging().AddHostedService<Mailer>()|};\n", "services.AddLogging();\n")]
    [InlineData("{|LE0003:services.AddLogging().AddHostedService<Mailer>()|}.AddOptions();\n", "services.AddLogging().AddOptions();\n")]
    public Task Fix_RemovesTheOrdinaryRegistration(string both, string leaderOnly) => Verify.FixesAsync<RegisteredTwiceAnalyzer, RemoveRegistrationFix>(
        Program(both), Program(leaderOnly), atEnd: true);

    private static Task FindsAsync(string registration) => Verify.FindsAsync<RegisteredTwiceAnalyzer>(
        $"var services = new ServiceCollection();\nvar leader = services.AddLeaderElection();\n{registration}\n{Services}");

    private static string Program(string statement) =>
        $"var services = new ServiceCollection();\nservices.AddLeaderElection().AddHostedService<Mailer>();\n{statement}\n{Services}";
}
