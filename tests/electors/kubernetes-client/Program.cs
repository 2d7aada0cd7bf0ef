// One candidate of KubernetesClient's LeaderElector, as it is, over a Lease: what a .NET operator beside us does.
// It prints the same lines as ../client-go/main.go. It never releases: SIGTERM ends the work and the election, and the lease runs out.
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.LeaderElection;
using LeaseElection.Electors.KubernetesClient;

Dictionary<string, string> arguments = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);

var authorities = new X509Certificate2Collection();
authorities.ImportFromPemFile(arguments["--ca-file"]);
using var client = new Kubernetes(new KubernetesClientConfiguration
{
    Host = arguments["--server"],
    AccessToken = (await File.ReadAllTextAsync(arguments["--token-file"])).Trim(),
    SslCaCerts = authorities,
});

var work = new Work(arguments["--identity"]);
var elector = new LeaderElector(new LeaderElectionConfig(
    new ToldLeaseLock(client, arguments["--namespace"], arguments["--lease"], work))
{
    LeaseDuration = Seconds("--lease-duration"),
    RenewDeadline = Seconds("--renew-deadline"),
    RetryPeriod = Seconds("--retry-period"),
});
elector.OnStartedLeading += work.Start;
elector.OnStoppedLeading += work.End;
elector.OnNewLeader += leader => Console.WriteLine($"sees {leader}");
elector.OnError += Console.WriteLine;

using var stopping = new CancellationTokenSource();
using PosixSignalRegistration registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    work.End();
    stopping.Cancel();
});
try
{
    await elector.RunUntilLeadershipLostAsync(stopping.Token);
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    // How its election ends when it is told to.
}

Console.WriteLine("left held");

TimeSpan Seconds(string name) => TimeSpan.FromSeconds(double.Parse(arguments[name], CultureInfo.InvariantCulture));
