using LeaseElection.Hosting.Kubernetes.Credentials;

namespace LeaseElection.Hosting.Tests.Kubernetes.Credentials;

/// <summary>A plugin that is a shell script, started as a real process in a folder of its own, and what it leaves there.</summary>
internal sealed class PluginFolder : IDisposable
{
    public const string V1 = "client.authentication.k8s.io/v1";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Not by JsonObject: a token may be a format of printf.
    public static string Credential(string token, string? expires = null) => expires is null
        ? $$$"""{"apiVersion":"{{{V1}}}","kind":"ExecCredential","status":{"token":"{{{token}}}"} }"""
        : $$$"""{"apiVersion":"{{{V1}}}","kind":"ExecCredential","status":{"token":"{{{token}}}","expirationTimestamp":"{{{expires}}}"} }""";

    public ExecPlugin Plugin(string script, ExecCluster? cluster = null, string? hint = null)
    {
        string file = PathOf("plugin.sh");
        File.WriteAllText(file, $"cd '{_folder.Path}'\n{script}\n");
        // Through sh, not as a program of its own: a file just written cannot be executed while any fork still holds it open.
        return new ExecPlugin
        {
            ApiVersion = V1,
            Command = "sh",
            Arguments = [file, "--login"],
            Environment = [KeyValuePair.Create("REGION", "north")],
            Cluster = cluster,
            InstallHint = hint,
        };
    }

    public string PathOf(string name) => Path.Combine(_folder.Path, name);

    /// <summary>How often the script has written a line to the file <c>runs</c>.</summary>
    public int Runs() => File.Exists(PathOf("runs")) ? File.ReadAllLines(PathOf("runs")).Length : 0;

    /// <summary>Opening a pipe for writing waits until the plugin has opened it for reading, which is when it runs.</summary>
    public async Task OpenGateAsync()
    {
        using var created = new FileSystemWatcher(_folder.Path);
        var there = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        created.Created += (_, e) =>
        {
            if (e.Name == "gate")
                there.TrySetResult();
        };
        created.EnableRaisingEvents = true;
        if (!File.Exists(PathOf("gate")))
            await there.Task.WaitAsync(Records.Patience);
        await Task.Run(() => File.OpenWrite(PathOf("gate")).Dispose()).WaitAsync(Records.Patience);
    }
}
