using System.Globalization;
using System.Runtime.InteropServices;
using k8s;
using k8s.LeaderElection;

namespace LeaseElection.Benchmarks;

/// <summary>
/// A process with many electors of KubernetesClient's own, over one client, told by the same variables as ours. It never gives a lease up:
/// after SIGTERM they run out.
/// </summary>
internal static class ScaleElectors
{
    public const string Command = "scale-electors";

    public static async Task RunAsync(int count)
    {
        string identity = Guid.NewGuid().ToString();
        using Kubernetes client = await TheirElector.ConnectAsync();
        using var stopping = new CancellationTokenSource();
        using PosixSignalRegistration registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stopping.Cancel();
        });
        LeaderElector[] all = [.. Enumerable.Range(0, count).Select(i => Create(client, NameOf(i), identity))];
        await Task.WhenAll(all.Select(elector => elector.RunAndTryToHoldLeadershipForeverAsync(stopping.Token)))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (LeaderElector elector in all)
            elector.Dispose();
    }

    private static LeaderElector Create(Kubernetes client, string lease, string identity)
    {
        LeaderElector elector = TheirElector.Create(client, lease, identity);
        elector.OnStartedLeading += () => Console.WriteLine("start");
        return elector;
    }

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"e-{number}");
}
