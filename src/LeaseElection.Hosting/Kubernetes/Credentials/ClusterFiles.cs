using System.Security.Cryptography;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>Reads each configured credential once before the host starts, so that a wrong path stops it there and not at night.</summary>
internal static class ClusterFiles
{
    public static TextSource Token(string option, TextSource source)
    {
        Check(option, CredentialText.ParseToken, source);
        return source;
    }

    public static TextSource Authorities(string option, TextSource source)
    {
        Check(option, CredentialText.ParseAuthorities, source);
        return source;
    }

    public static void ClientCertificate(string option, TextSource certificate, TextSource key) =>
        Check(option, CredentialText.ParseClientCertificate, certificate, key);

    private static void Check<T>(string option, Func<IReadOnlyList<string>, T> parse, params ReadOnlySpan<TextSource> sources)
    {
        var texts = new List<string>();
        string name = "";
        try
        {
            foreach (TextSource source in sources)
            {
                name = source.Name;
                texts.Add(source.Read());
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LeaseStoreConfigurationException(
                $"{option} is '{name}', which cannot be read: {e.Message} The file must exist and be readable by this process.", e);
        }

        try
        {
            parse(texts);
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            // What is given in place has the place for its name already.
            string what = sources[0].Path is { } path ? $"{option} is '{path}', which" : sources[0].Name;
            throw new LeaseStoreConfigurationException($"{what} cannot be used: {e.Message}", e);
        }
    }
}
