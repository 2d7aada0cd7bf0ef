using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// The credentials of a kubeconfig's user. A way to log in that we cannot do fails with its name: going on without it would be an
/// anonymous request, whose 403 nobody could explain.
/// </summary>
internal static class KubeConfigUser
{
    public static ClusterUser Create(KubeConfigNode user)
    {
        if (user.Child("auth-provider") is { } provider)
        {
            throw new LeaseStoreConfigurationException(
                $"{user.DescribeKey("auth-provider")} is '{provider.Text("name")}', which Kubernetes removed in 1.26. "
                + "Use its exec plugin instead.");
        }
        if (user.Text("username") is not null || user.Text("password") is not null)
        {
            throw new LeaseStoreConfigurationException(
                $"{user.DescribeKey("username")}: API servers have refused passwords since Kubernetes 1.19. "
                + "Use a token, a client certificate or exec.");
        }

        TextSource? token = Token(user);
        TextSource? certificate = user.DataOrFile("client-certificate");
        TextSource? key = user.DataOrFile("client-key");
        if (certificate is null != key is null)
        {
            throw new LeaseStoreConfigurationException(
                $"{user.DescribeKey("client-certificate")} and client-key belong together, but only one of them is there. Add the other.");
        }
        if (certificate is not null)
            ClusterFiles.ClientCertificate(user.DescribeKey("client-certificate"), certificate, key!);

        ExecPlugin? exec = user.Child("exec") is { } node ? Exec(node) : null;
        if (token is null && certificate is null && exec is null)
        {
            throw new LeaseStoreConfigurationException(
                $"{user.DescribeKey("user")} has no credentials. Add token, tokenFile, client-certificate with client-key, or exec.");
        }
        return new ClusterUser { Token = token, ClientCertificate = certificate, ClientKey = key, Exec = exec };
    }

    private static TextSource? Token(KubeConfigNode user)
    {
        // The file wins, because it can be renewed.
        if (user.FilePath("tokenFile") is { } file)
            return ClusterFiles.Token(user.DescribeKey("tokenFile"), TextSource.FromFile(file));
        string key = user.DescribeKey("token");
        return user.Text("token") is { } token ? ClusterFiles.Token(key, TextSource.Inline(key, token)) : null;
    }

    private static ExecPlugin Exec(KubeConfigNode exec)
    {
        string? version = exec.Text("apiVersion");
        if (version is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
        {
            throw new LeaseStoreConfigurationException(
                $"{exec.DescribeKey("apiVersion")} is '{version}', but must be client.authentication.k8s.io/v1 or .../v1beta1. "
                + "Update the plugin and have it write the kubeconfig again.");
        }
        if (exec.Text("interactiveMode") is "Always")
        {
            throw new LeaseStoreConfigurationException(
                $"{exec.DescribeKey("interactiveMode")} is 'Always', but a service has no terminal. Use a plugin that works without one.");
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
            Environment = [.. exec.Items("env").Select(item => KeyValuePair.Create(item.Text("name") ?? "", item.Text("value") ?? ""))],
            InstallHint = exec.Text("installHint"),
            ProvideClusterInfo = exec.Flag("provideClusterInfo"),
        };
    }
}
