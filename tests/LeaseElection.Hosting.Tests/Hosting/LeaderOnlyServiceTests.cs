using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using LeaseElection.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Tests;

/// <summary>Hosted services that were made leader-only, in apps where they are something else too.</summary>
[SuppressMessage("LeaseElection", "LE0003", Justification = "What the analyzer tells of is what these tests have the host refuse.")]
public sealed class LeaderOnlyServiceTests : HostTest
{
    private readonly ElectionHost _host;

    public LeaderOnlyServiceTests() => _host = NewHost();

    public static TheoryData<string, Action<IServiceCollection>> OrdinaryHostedServices { get; } = new()
    {
        { "by type", services => services.AddHostedService<Mailer>() },
        { "by a factory", services => services.AddHostedService(_ => new Mailer()) },
        { "by a factory that does not say its type", services => services.AddSingleton<IHostedService>(_ => new Mailer()) },
        { "an instance", services => services.AddSingleton<IHostedService>(new Mailer()) },
        { "by both types", services => services.AddSingleton<IHostedService, Mailer>() },
        { "for each who asks", services => services.AddTransient<IHostedService, Mailer>() },
        {
            "the singleton",
            services => services.AddSingleton<Mailer>().AddHostedService(provider => provider.GetRequiredService<Mailer>())
        },
    };

    public static TheoryData<string, Action<IServiceCollection>, string, string> Singletons { get; } = new()
    {
        { "by type", services => services.AddSingleton<Mailer>(), "a singleton Mailer", "services.GetRequiredService<Mailer>()" },
        { "by a factory", services => services.AddSingleton(_ => new Mailer()), "a singleton "
            + "Mailer", "services.GetRequiredService<Mailer>()" },
        { "an instance", services => services.AddSingleton(new Mailer()), "a singleton Mailer", "services.GetRequiredService<Mailer>()" },
        { "tried", services => services.TryAddSingleton<Mailer>(), "a singleton Mailer", "services.GetRequiredService<Mailer>()" },
        {
            "by an interface", services => services.AddSingleton<IMails, Mailer>(),
            "a singleton IMails, which is one", "(Mailer)services.GetRequiredService<IMails>()"
        },
        {
            "an instance, by an interface", services => services.AddSingleton<IMails>(new Mailer()),
            "a singleton IMails, which is one", "(Mailer)services.GetRequiredService<IMails>()"
        },
        {
            "by its base class", services => services.AddSingleton<BackgroundService, Mailer>(),
            "a singleton BackgroundService, which is one", "(Mailer)services.GetRequiredService<BackgroundService>()"
        },
        {
            "by key", services => services.AddKeyedSingleton<Mailer>("a"),
            "a singleton Mailer", "services.GetRequiredKeyedService<Mailer>(\"a\")"
        },
        {
            "by key and a factory", services => services.AddKeyedSingleton("a", (_, _) => new Mailer()),
            "a singleton Mailer", "services.GetRequiredKeyedService<Mailer>(\"a\")"
        },
        {
            "an instance, by key and interface", services => services.AddKeyedSingleton<IMails>("a", new Mailer()),
            "a singleton IMails, which is one", "(Mailer)services.GetRequiredKeyedService<IMails>(\"a\")"
        },
    };

    [Theory]
    [MemberData(nameof(OrdinaryHostedServices))]
    public async Task OrdinaryHostedServiceToo_BeforeOrAfter_IsRefusedBeforeItRuns(string how, Action<IServiceCollection> register)
    {
        _ = how;
        Assert.All(await RefusalsAsync(register, election => election.AddHostedService<Mailer>()), refusal => Assert.Equal(
            "Mailer runs on the leader only, by AddLeaderElection().AddHostedService<Mailer>(), but the "
                + "host starts it as an ordinary hosted service too, on "
            + "every replica. Remove services.AddHostedService<Mailer>(), or what else registers it as IHostedService.",
            refusal));
    }

    [Fact]
    public async Task OrdinaryHostedServiceToo_TheSameInstanceInBoth_IsRefused()
    {
        Assert.All(
            await RefusalsAsync(
                services => services.AddSingleton<Mailer>().AddHostedService(provider => provider.GetRequiredService<Mailer>()),
                election => election.AddHostedService(provider => provider.GetRequiredService<Mailer>())),
            refusal => Assert.Contains(
                "AddHostedService(...), but the host starts it as an ordinary hosted service too", refusal, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Singletons))]
    public async Task SingletonToo_BeforeOrAfter_IsRefusedWithTheLineThatRunsIt(
        string how, Action<IServiceCollection> register, string what, string get)
    {
        _ = how;
        Assert.All(await RefusalsAsync(register, election => election.AddHostedService<Mailer>()), refusal => Assert.Equal(
            $"Mailer runs on the leader only, by AddLeaderElection().AddHostedService<Mailer>(), in a new instance for each term, but the "
                + $"app has {what}: "
            + "whoever gets that hands its work to an instance that never runs. To run the singleton write "
            + $"AddLeaderElection().AddHostedService(services => {get}).",
            refusal));
    }

    [Fact]
    public async Task Several_AreToldAtOnceAndByTheirElection()
    {
        _host.Services.AddSingleton<Mailer>().AddHostedService<Other>();
        _host.AddElection("reports", options => options.LeaseName = "reports").AddHostedService<Mailer>().AddHostedService<Other>();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(_host.StartAsync);

        Assert.Equal(
            ["Mailer runs on the leader only, by AddLeaderElection(\"reports\")", "Other runs on the leader only, by "
                + "AddLeaderElection(\"reports\")"],
            exception.Message.Split('\n').Select(line => line.Split('.')[0]));
    }

    [Fact]
    public async Task NothingElseOfItsKind_Starts()
    {
        // Each who asks has one of his own, as he would without an election; the others are of other types.
        _host.Services.AddTransient<Mailer>().AddScoped<IMails, Mailer>()
            .AddSingleton<IHostedService, Other>().AddSingleton<BackgroundService, Other>();
        _host.AddElection().AddHostedService<Mailer>();

        await _host.StartAndLeadAsync();
    }

    [Fact]
    public async Task TwoElections_SameType_AnInstanceEach()
    {
        await using var both = new ElectionHost(_ => new(Time), "me", Time);
        both.AddElection("a", options => options.LeaseName = "a").AddHostedService<Mailer>();
        both.AddElection("b", options => options.LeaseName = "b").AddHostedService<Mailer>();

        await both.StartAsync();

        await both.Logs.WaitForAsync("WorkStarted", 2);
        await both.StopAsync();
    }

    [Fact]
    public async Task Factory_Singleton_TheInstanceThatOthersGetRunsInEachTermAndIsNotDisposed()
    {
        _host.Services.AddSingleton<Mailer>();
        _host.AddElection()
            .AddHostedService(services => services.GetRequiredService<Mailer>())
            .AddHostedService(services => services.GetRequiredService<Mailer>()); // Adds nothing.
        var mailer = _host.Host.Services.GetRequiredService<Mailer>();
        mailer.Enqueue("first");
        await _host.StartAndLeadAsync();
        await mailer.SentAsync("first");

        await _host.Election.StepDownAsync().WaitAsync(Signal.Patience);
        mailer.Enqueue("second");
        Assert.False(mailer.IsDisposed);
        Time.Advance(TimeSpan.FromSeconds(7));
        await mailer.SentAsync("second");

        Assert.Equal(2, _host.Logs.Named("WorkStarted").Count);
        await _host.StopAsync();
        Assert.False(mailer.IsDisposed);
    }

    [Fact]
    public async Task Factory_TwoThatSayNoType_BothRun()
    {
        IHostedService[] two = [new Mailer(), new Mailer()];
        _host.AddElection().AddHostedService(_ => two[0]).AddHostedService(_ => two[1]);

        await _host.StartAndLeadAsync();

        await _host.Logs.WaitForAsync("WorkStarted", 2);
    }

    /// <summary>What the host says that is not to start, with the registration before the election and after it.</summary>
    private async Task<string[]> RefusalsAsync(Action<IServiceCollection> register, Action<LeaderElectionBuilder> add)
    {
        var refusals = new List<string>();
        foreach (bool before in new[] { true, false })
        {
            int started = Mailer.Starts;
            ElectionHost host = NewHost();
            if (before)
                register(host.Services);
            add(host.AddElection());
            if (!before)
                register(host.Services);
            refusals.Add((await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync)).Message);
            Assert.Equal(started, Mailer.Starts);
        }

        return [.. refusals];
    }

    private interface IMails
    {
        void Enqueue(string mail);
    }

    private sealed class Mailer : BackgroundService, IMails
    {
        private readonly Channel<string> _mails = Channel.CreateUnbounded<string>();
        private readonly List<string> _sent = [];
        private readonly Signal _signal = new();

        /// <summary>Of all instances; the tests of a class run one after the other.</summary>
        public static int Starts { get; private set; }

        public bool IsDisposed { get; private set; }

        public void Enqueue(string mail) => _mails.Writer.TryWrite(mail);

        public Task SentAsync(string mail) => _signal.WaitUntilAsync(() => _sent.Contains(mail), () => mail);

        public override void Dispose()
        {
            IsDisposed = true;
            base.Dispose();
        }

        public override Task StartAsync(CancellationToken cancellationToken)
        {
            Starts++;
            return base.StartAsync(cancellationToken);
        }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await foreach (string mail in _mails.Reader.ReadAllAsync(stoppingToken))
            {
                _sent.Add(mail);
                _signal.Pulse();
            }
        }
    }

    private sealed class Other : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
