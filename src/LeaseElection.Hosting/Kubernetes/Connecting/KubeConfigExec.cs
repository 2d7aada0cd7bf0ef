using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>The plugin of a kubeconfig's user, checked as kubectl does.</summary>
internal static class KubeConfigExec
{
    private const string V1 = "client.authentication.k8s.io/v1";

    public static ExecPlugin Create(KubeConfigNode exec, ExecCluster cluster)
    {
        string? version = exec.Text("apiVersion");
        if (version is not (V1 or "client.authentication.k8s.io/v1beta1"))
        {
            throw new LeaseStoreConfigurationException(
                $"{exec.DescribeKey("apiVersion")} is '{version}', but must be {V1} or .../v1beta1. "
                + "Update the plugin and have it write the kubeconfig again.");
        }
        string command = exec.Text("command")
            ?? throw new LeaseStoreConfigurationException($"{exec.DescribeKey("command")} is missing. Name the plugin's command.");
        return new ExecPlugin
        {
            ApiVersion = version,
            // A bare name is looked for on PATH; with a separator it is a path, relative to the kubeconfig.
            Command = command.AsSpan().IndexOfAny('/', Path.DirectorySeparatorChar) >= 0
                ? Path.GetFullPath(Path.Combine(Path.GetDirectoryName(exec.File)!, command))
                : command,
            Arguments = exec.Texts("args"),
            Environment = [.. exec.Items("env").Select(Variable)],
            InstallHint = exec.Text("installHint"),
            Cluster = exec.Flag("provideClusterInfo") ? cluster : null,
            NeedsTerminal = NeedsTerminal(exec, version),
        };
    }

    private static KeyValuePair<string, string> Variable(KubeConfigNode item) =>
        item.Text("name") is { } name && !name.Contains('=', StringComparison.Ordinal)
            ? KeyValuePair.Create(name, item.Text("value") ?? "")
            : throw new LeaseStoreConfigurationException($"{item.DescribeKey("name")} must be the name of a variable.");

    private static bool NeedsTerminal(KubeConfigNode exec, string version) => exec.Text("interactiveMode") switch
    {
        "Always" => true,
        "Never" or "IfAvailable" => false,
        null when version != V1 => false,
        null => throw new LeaseStoreConfigurationException(
            $"{exec.DescribeKey("interactiveMode")} is missing, but plugins of {V1} must say it. Add Never if it works without a terminal, "
            + "else IfAvailable."),
        var other => throw new LeaseStoreConfigurationException(
            $"{exec.DescribeKey("interactiveMode")} is '{other}', but must be Never, IfAvailable or Always."),
    };
}
