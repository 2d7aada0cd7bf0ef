using System.Diagnostics;
using System.Reflection;

namespace LeaseElection.Samples.Tests;

/// <summary>Replicas of one program that compete in a folder of their own. All of them end with it.</summary>
/// <param name="program">The name of a sample, or the path of what was built elsewhere.</param>
/// <param name="output">Is told in the end what each of them printed.</param>
/// <param name="options">Settings of their election.</param>
internal sealed class ReplicaSet(
    string program, ITestOutputHelper output, params (string Option, string Value)[] options) : IAsyncDisposable
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
        string path = Path.IsPathRooted(program) ? program : Path.Combine(Samples, program, Metadata("Output"), program + ".dll");
        // Who starts tests in the background of a script has SIGINT ignored, and so would what is started here: it would never hear of one.
        var start = new ProcessStartInfo("env", ["--default-signal", "dotnet", path, .. arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(path),
        };

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

    /// <summary>What the project file says of where things are.</summary>
    public static string Metadata(string key) =>
        typeof(ReplicaSet).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;

    private static bool IsOfTheMachine(string name) =>
        OfTheMachine.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
