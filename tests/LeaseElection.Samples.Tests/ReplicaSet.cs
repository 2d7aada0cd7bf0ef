using System.Diagnostics;
using System.Reflection;

namespace LeaseElection.Samples.Tests;

/// <summary>Replicas of one sample that compete in a folder of their own. All of them end with it.</summary>
internal sealed class ReplicaSet(string sample, ITestOutputHelper output, params (string Option, string Value)[] options) : IAsyncDisposable
{
    private static readonly string[] OfTheMachine =
        ["KUBECONFIG", "KUBERNETES_", "POD_", "LeaderElection__", "ASPNETCORE_", "HTTP_PORTS", "URLS", "OTEL_"];

    private readonly List<Replica> _replicas = [];

    public static string Samples { get; } = Metadata("Samples");

    public string Folder { get; } = Directory.CreateTempSubdirectory("lease-election-").FullName;

    /// <summary>Set for each replica that is started from now on.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public Replica Last => _replicas[^1];

    public Replica Start(params string[] arguments)
    {
        string folder = Path.Combine(Samples, sample, Metadata("Output"));
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, sample + ".dll"), .. arguments]) { WorkingDirectory = folder };

        // What launchSettings.json sets, and nothing of the machine's that would lead to a cluster.
        foreach (string name in start.Environment.Keys.Where(IsOfTheMachine).ToArray())
            start.Environment.Remove(name);
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["LeaderElection__File__Directory"] = Folder;
        foreach ((string option, string value) in options)
            start.Environment["LeaderElection__" + option] = value;
        foreach ((string name, string value) in Environment)
            start.Environment[name] = value;

        var replica = new Replica(start);
        _replicas.Add(replica);
        return replica;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Replica replica in _replicas)
        {
            await replica.DisposeAsync();
            output.WriteLine($"Replica {_replicas.IndexOf(replica) + 1} printed:\n{replica}");
        }

        Directory.Delete(Folder, recursive: true);
    }

    private static bool IsOfTheMachine(string name) =>
        OfTheMachine.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static string Metadata(string key) =>
        typeof(ReplicaSet).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
