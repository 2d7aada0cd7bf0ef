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
    [InlineData(
        "if (args.Length > 0) { services.AddHostedService<Mailer>(); } else if (args.Length > 1) { leader.AddHostedService<Mailer>(); }")]
    [InlineData(
        "switch (args.Length) { case 0: services.AddHostedService<Mailer>(); break; default: leader.AddHostedService<Mailer>(); break; }")]
    [InlineData("_ = args.Length > 0 ? services.AddHostedService<Mailer>() : leader.AddHostedService<Mailer>().Services;")]
    public Task Analyze_OneOrTheOther_FindsNothing(string registration) => FindsAsync(registration);

    [Theory]
    [InlineData("leader.AddHostedService(provider => new Mailer()); {|LE0003:services.AddHostedService<Mailer>()|};")]
    [InlineData("if (args.Length > 0) leader.AddHostedService<Mailer>(); {|LE0003:services.AddHostedService<Mailer>()|};")]
    [InlineData("if (args.Length > 0) { leader.AddHostedService<Mailer>(); {|LE0003:services.AddHostedService<Mailer>()|}; } else { }")]
    public Task Analyze_BothAtOnce_IsFound(string registration) => FindsAsync(registration);

    [Theory]
    [InlineData("if (args.Length > 0) { services.AddHostedService<Mailer>(); return; } leader.AddHostedService<Mailer>();")]
    [InlineData("if (args.Length == 0) { leader.AddHostedService<Mailer>(); throw new Exception(); } services.AddHostedService<Mailer>();")]
    public Task Analyze_OneAndNoFurther_FindsNothing(string registration) => FindsAsync(registration);

    /// <summary>A library that offers both, and tests that try both, are no program that has both.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("Offers.Everywhere(services);")]
    [InlineData("if (args.Length > 0) Offers.OnTheLeader(services); else Offers.Everywhere(services);")]
    public Task Analyze_TwoMethodsThatAreNotBothCalled_FindsNothing(string program) =>
        Verify.FindsAsync<RegisteredTwiceAnalyzer>(Offering(program, found: false));

    [Theory]
    [InlineData("Offers.Everywhere(services); Offers.OnTheLeader(services);")]
    [InlineData("Offers.Everywhere(services); services.AddLeaderElection().AddHostedService<Mailer>();")]
    [InlineData(
        "Action<IServiceCollection> add = Offers.Everywhere; add(services); Further(); void Further() => Offers.OnTheLeader(services);")]
    public Task Analyze_TwoMethodsThatAreBothCalled_IsFound(string program) =>
        Verify.FindsAsync<RegisteredTwiceAnalyzer>(Offering(program, found: true));

    [Theory]
    [InlineData("#region Everywhere\n{|LE0003:services.AddHostedService<Mailer>()|};\n#endregion\n", "\n#region Everywhere\n#endregion\n")]
    [InlineData(
        "{|LE0003:ServiceCollectionHostedServiceExtensions.AddHostedService<Mailer>(services)|}.AddOptions();\n",
        "{|LE0003:ServiceCollectionHostedServiceExtensions.AddHostedService<Mailer>(services)|}.AddOptions();\n")]
    [InlineData("{|LE0003:services.AddHostedService<Mailer>()|};\n", "")]
    [InlineData("{|LE0003:services.AddHostedService<Mailer>()|}.AddLogging();\n", "services.AddLogging();\n")]
    [InlineData("{|LE0003:services.AddLogging().AddHostedService<Mailer>()|};\n", "services.AddLogging();\n")]
    [InlineData("{|LE0003:services.AddLogging().AddHostedService<Mailer>()|}.AddOptions();\n", "services.AddLogging().AddOptions();\n")]
    public Task Fix_RemovesTheOrdinaryRegistration(string both, string leaderOnly) =>
        Verify.FixesAsync<RegisteredTwiceAnalyzer, RemoveRegistrationFix>(Program(both), Program(leaderOnly), atEnd: true);

    private static Task FindsAsync(string registration) => Verify.FindsAsync<RegisteredTwiceAnalyzer>(
        $"var services = new ServiceCollection();\nvar leader = services.AddLeaderElection();\n{registration}\n{Services}");

    private static string Program(string statement) =>
        $"var services = new ServiceCollection();\nservices.AddLeaderElection().AddHostedService<Mailer>();\n{statement}\n{Services}";

    private static string Offering(string program, bool found) => $$"""
        var services = new ServiceCollection();
        {{program}}

        {{Services}}

        public static class Offers
        {
            public static void Everywhere(IServiceCollection services) => 
                {{(found ? "{|LE0003:services.AddHostedService<Mailer>()|}" : "services.AddHostedService<Mailer>()")}};

            public static void OnTheLeader(IServiceCollection services) => services.AddLeaderElection().AddHostedService<Mailer>();
        }
        """;
}
