using System.Globalization;
using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>A token, a client certificate or both, from files or given in place.</summary>
internal sealed class FileCredentialSource : IClusterCredentialSource
{
    private readonly RereadValue<string>? _token;
    private readonly RereadValue<SslStreamCertificateContext>? _certificate;
    private ClusterCredential? _last;

    public FileCredentialSource(ClusterUser user, TimeProvider timeProvider, ILogger logger)
    {
        if (user.Token is { } token)
            _token = new(CredentialText.ParseToken, timeProvider, logger, token);
        if (user is { ClientCertificate: { } certificate, ClientKey: { } key })
            _certificate = new(CredentialText.ParseClientCertificate, timeProvider, logger, certificate, key);
    }

    public ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken) =>
        new(Of(_token?.Get(), _certificate?.Get()));

    public ValueTask<ClusterCredential> RenewAsync(ClusterCredential rejected, CancellationToken cancellationToken) =>
        new(Of(_token?.Get(now: true), _certificate?.Get(now: true)));

    /// <summary>Nobody waits for files, other than for a disk that hangs.</summary>
    public string DescribeWait(TimeSpan time) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The files of the credentials were not read within {time.TotalSeconds:0.#} s. Check the volume that they are on.");

    public ValueTask DisposeAsync() => default;

    /// <summary>The same instance for as long as the files say the same.</summary>
    private ClusterCredential Of(string? token, SslStreamCertificateContext? certificate)
    {
        if (_last is { } last && ReferenceEquals(last.Token, token) && ReferenceEquals(last.ClientCertificate, certificate))
            return last;
        return _last = new ClusterCredential(token, certificate);
    }
}
