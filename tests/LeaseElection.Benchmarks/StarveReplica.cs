using System.Globalization;
using k8s;
using k8s.LeaderElection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Benchmarks;

/// <summary>
/// One process that stands for a lease, and whose thread pool is starved once it has led for a while. It tells on lines of its own, from
/// threads of its own, when it leads, when its work is told to stop, and how late the pool ran a piece of work that was queued meanwhile.
/// </summary>
internal static class StarveReplica
{
    public const string Ours = "here";
    public const string Theirs = "KubernetesClient";

    public const string Leads = "leads";
    public const string Told = "told";
    public const string Starved = "starved";
    public const string Fed = "fed";

    /// <summary>So many block at a time, each for a second and then again: more than the pool gets threads in any time.</summary>
    private const int Blockers = 5_000;

    private static readonly TimeSpan Block = TimeSpan.FromSeconds(1);

    /// <summary>Long enough for all code to have run once.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(8);

    public static Task RunAsync(string kind, int seconds) => kind == Ours ? RunOursAsync(seconds) : RunTheirsAsync(seconds);

    private static async Task RunOursAsync(int seconds)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddLeaderElection(options =>
            (options.LeaseDuration, options.RenewDeadline, options.RetryPeriod) =
                (TheirElector.LeaseDuration, TheirElector.RenewDeadline, TheirElector.RetryPeriod))
            .AddWork(async (_, term, token) =>
            {
                using CancellationTokenRegistration told = term.Lost.UnsafeRegister(_ => Tell(Told), null);
                Tell(Leads);
                Begin(seconds);
                await Task.Delay(
                    Timeout.InfiniteTimeSpan, TimeProvider.System, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            });
        await builder.Build().RunAsync();
    }

    private static async Task RunTheirsAsync(int seconds)
    {
        using Kubernetes client = await TheirElector.ConnectAsync();
        LeaderElector elector = TheirElector.Create(client, TheirElector.Setting("LeaseName"), TheirElector.Setting("Identity"));
        elector.OnStartedLeading += () =>
        {
            Tell(Leads);
            Begin(seconds);
        };
        elector.OnStoppedLeading += () => Tell(Told);
        await elector.RunAndTryToHoldLeadershipForeverAsync();
    }

    private static void Begin(int seconds)
    {
        if (seconds == 0)
            return;
        new Thread(() =>
        {
            using var never = new ManualResetEventSlim();
            never.Wait(Before);
            Starve(TimeSpan.FromSeconds(seconds));
        })
        {
            IsBackground = true,
        }.Start();
    }

    private static void Starve(TimeSpan time)
    {
        var over = new ManualResetEventSlim(); // Never disposed of: what lies in the pool's queue still looks at it then.
        WaitCallback blocker = null!;
        blocker = _ =>
        {
            if (!over.Wait(Block))
                ThreadPool.UnsafeQueueUserWorkItem(blocker, null);
        };
        for (int i = 0; i < Blockers; i++)
            ThreadPool.UnsafeQueueUserWorkItem(blocker, null);
        Tell(Starved);

        long queued = TimeProvider.System.GetTimestamp();
        using var ran = new ManualResetEventSlim();
        ThreadPool.UnsafeQueueUserWorkItem(_ => ran.Set(), null);
        bool early = ran.Wait(time);
        over.Set();
        ran.Wait();
        TimeSpan late = TimeProvider.System.GetElapsedTime(queued);
        Tell(string.Create(CultureInfo.InvariantCulture, $"{Fed} {late.TotalMilliseconds:0}{(early ? " early" : "")}"));
    }

    private static void Tell(string line)
    {
        lock (Console.Out)
            Console.Out.WriteLine(line);
    }
}
