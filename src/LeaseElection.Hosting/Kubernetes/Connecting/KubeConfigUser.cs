using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Connecting;

/// <summary>
/// The credentials of a kubeconfig's user: those that kubectl uses if there are several. A way to log in that we cannot do fails with its
/// name: going on without it would be an anonymous request, whose 403 nobody could explain.
/// </summary>
internal static class KubeConfigUser
{
    public static ClusterUser Create(KubeConfigNode user, ExecCluster cluster)
    {
        TextSource? token = Token(user);
        (TextSource? certificate, TextSource? key) = ClientCertificate(user);
        ExecPlugin? exec = user.Child("exec") is { } node ? KubeConfigExec.Create(node, cluster) : null;
        bool hasOwn = token is not null || certificate is not null;
        if (user.Child("auth-provider") is { } provider)
            KubeConfigAuthProvider.Check(user, provider, hasOwn, exec is not null);
        CheckPassword(user, token, certificate);
        if (!hasOwn && exec is null)
        {
            throw new LeaseStoreConfigurationException(
                $"{user.Describe()} has no credentials. Add token, tokenFile, client-certificate with client-key, or exec.");
        }

        // What the file holds goes before what a plugin would have to be asked for.
        ExecPlugin? asked = hasOwn ? null : exec;
        if (asked is { NeedsTerminal: true })
        {
            throw new LeaseStoreConfigurationException(
                $"{user.DescribeKey("exec.interactiveMode")} is 'Always', but a service has no terminal. "
                + "Use a plugin that works without one.");
        }
        return new ClusterUser
        {
            Token = token,
            ClientCertificate = certificate,
            ClientKey = key,
            Exec = asked,
            Impersonation = KubeConfigImpersonation.Create(user),
        };
    }

    /// <summary>The file goes first, because it can be renewed, but not if it is of no use.</summary>
    private static TextSource? Token(KubeConfigNode user)
    {
        string key = user.DescribeKey("token");
        string? token = user.Text("token");
        if (user.FilePath("tokenFile") is { } file)
        {
            return token is null
                ? ClusterFiles.Token(user.DescribeKey("tokenFile"), TextSource.FromFile(file))
                : ClusterFiles.Token($"{user.DescribeKey("tokenFile")} with token", TextSource.FromFile(file, otherwise: token));
        }
        return token is null ? null : ClusterFiles.Token(key, TextSource.Inline(key, token));
    }

    private static (TextSource? Certificate, TextSource? Key) ClientCertificate(KubeConfigNode user)
    {
        // A key alone is nothing to log in with.
        if (user.DataOrFile("client-certificate") is not { } certificate)
            return default;
        string name = user.DescribeKey("client-certificate");
        if (user.DataOrFile("client-key") is not { } key)
            throw new LeaseStoreConfigurationException($"{name} is there without its client-key. Add client-key or client-key-data.");
        ClusterFiles.ClientCertificate(name, certificate, key);
        return (certificate, key);
    }

    private static void CheckPassword(KubeConfigNode user, TextSource? token, TextSource? certificate)
    {
        if (user.Text("username") is null && user.Text("password") is null)
            return;
        if (token is not null)
        {
            throw new LeaseStoreConfigurationException(
                $"{user.Describe()} has a token and a password, and only one can be meant. Remove username and password.");
        }
        // Beside a certificate, as in old exports of kops, the password is what API servers have made of it since: nothing.
        if (certificate is null)
        {
            throw new LeaseStoreConfigurationException(
                $"{user.DescribeKey("username")}: API servers have refused passwords since Kubernetes 1.19. "
                + "Use a token, a client certificate or exec.");
        }
    }
}
