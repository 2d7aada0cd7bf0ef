using System.Globalization;
using System.Threading.Channels;
using LeaseElection.Hosting;
using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Benchmarks;

/// <summary>
/// How soon a new leader does something useful whose work needs two seconds to get ready: with that in <see
/// cref="ILeaderWork.PrepareAsync"/>, and with it at the beginning of <see cref="ILeaderWork.ExecuteAsync"/>,
/// beside work that needs nothing.
/// </summary>
internal static class WarmBenchmark
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/LeaseElection.Benchmarks -- warm [TRIALS]

        Has two replicas on a real API server hand over, TRIALS (10) times for each of three kinds of work, and measures how long it takes
        from the take-over, and from the end of the last leader's work, to the first useful act: work that prepares itself for 2 s on the
        standby, work that begins its term with the same 2 s, and work that needs nothing.
        """;

    private static readonly TimeSpan Preparation = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(int trials)
    {
        await using RealApiServer server = await RealApiServer.StartAsync(CancellationToken.None);
        Console.WriteLine("| work | take-over to the first useful act | end of the last leader's work to it |");
        Console.WriteLine("|---|---|---|");
        foreach (Way way in new[] { Way.Ready, Way.Cold, Way.Warm })
            await MeasureAsync(server, way, trials);
    }

    private static async Task MeasureAsync(RealApiServer server, Way way, int trials)
    {
        var acts = Channel.CreateUnbounded<Act>();
        string leaseNamespace = await server.CreateNamespaceAsync();
        ApiServerUser user = await server.CreateUserAsync(leaseNamespace, PolicyRule.Leases("get", "create", "update", "watch"));
        using IHost a = Replica("a"), b = Replica("b");
        await a.StartAsync();
        await b.StartAsync();
        Act present = await acts.Reader.ReadAsync();
        List<TimeSpan> fromTakeOver = [], fromEnd = [];
        for (int i = -1; i < trials; i++) // The first one is not counted: code that is not compiled yet.
        {
            (IHost leader, IHost standby) = present.Term.Identity == "a" ? (a, b) : (b, a);
            await Task.Delay(Preparation * 1.5, TimeProvider.System, CancellationToken.None); // All alike, whatever they prepare.
            if (ElectionOf(standby).Status.IsPrepared == false)
                throw new InvalidOperationException("The standby is not prepared.");
            Task<long> takenOver = TakenOverAsync(ElectionOf(standby));
            await ElectionOf(leader).StepDownAsync();
            Act next = await acts.Reader.ReadAsync();
            if (i >= 0)
            {
                fromTakeOver.Add(TimeProvider.System.GetElapsedTime(await takenOver, next.At));
                fromEnd.Add(TimeProvider.System.GetElapsedTime(present.Ended, next.At));
            }

            present = next;
        }

        await a.StopAsync();
        await b.StopAsync();
        Console.WriteLine($"| {Describe(way)} | {Figures.Fine(fromTakeOver)} | {Figures.Fine(fromEnd)} |");

        IHost Replica(string identity)
        {
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            LeaderElectionBuilder election = builder.Services.AddLeaderElection(options =>
            {
                options.Identity = identity;
                options.LeaseName = "warm";
                options.LeaseNamespace = leaseNamespace;
                options.Kubernetes.ApiServer = server.Url.ToString();
                options.Kubernetes.TokenFile = user.TokenFile;
                options.Kubernetes.CertificateAuthorityFile = server.CertificateAuthorityFile;
            });
            if (way == Way.Warm)
                election.AddWork((_, term, token) => WorkAsync(term, token), (_, token) => PrepareAsync(token));
            else
                election.AddWork((_, term, token) => WorkAsync(term, token));
            return builder.Build();
        }

        async Task WorkAsync(LeadershipTerm term, CancellationToken stoppingToken)
        {
            if (way == Way.Cold)
                await PrepareAsync(stoppingToken);
            var act = new Act(term, TimeProvider.System.GetTimestamp());
            acts.Writer.TryWrite(act);
            await Task.Delay(
                Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            act.Ended = TimeProvider.System.GetTimestamp();
        }
    }

    private static Task PrepareAsync(CancellationToken cancellationToken) =>
        Task.Delay(Preparation, TimeProvider.System, cancellationToken);

    private static async Task<long> TakenOverAsync(ILeaderElection election)
    {
        await election.WaitForLeadershipAsync();
        return TimeProvider.System.GetTimestamp();
    }

    private static ILeaderElection ElectionOf(IHost host) => host.Services.GetRequiredService<ILeaderElection>();

    private static string Describe(Way way)
    {
        string seconds = Preparation.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return way switch
        {
            Way.Warm => $"prepares itself for {seconds} s on the standby",
            Way.Cold => $"begins its term with those {seconds} s",
            _ => "needs nothing",
        };
    }

    private enum Way
    {
        Warm,
        Cold,
        Ready,
    }

    private sealed record Act(LeadershipTerm Term, long At)
    {
        /// <summary>When its work had ended.</summary>
        public long Ended { get; set; }
    }
}
