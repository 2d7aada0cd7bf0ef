using System.Globalization;
using System.Reflection;
using k8s;

namespace LeaseElection.Hosting.KubernetesClient.Tests;

/// <summary>
/// Makes this process a Pod, for KubernetesClient: its two variables, and its folder, which only its own tests can put elsewhere.
/// </summary>
internal sealed class Pod : IDisposable
{
    private static readonly FieldInfo ServiceAccountPath =
        typeof(KubernetesClientConfiguration).GetField("ServiceAccountPath", BindingFlags.Static | BindingFlags.NonPublic)
        ?? throw new MissingFieldException("KubernetesClient looks for its service account elsewhere now.");

    private readonly object? _path = ServiceAccountPath.GetValue(null);

    public Pod(Surroundings surroundings)
    {
        Environment.SetEnvironmentVariable("KUBERNETES_SERVICE_HOST", surroundings.Proxy.Url.Host);
        Environment.SetEnvironmentVariable("KUBERNETES_SERVICE_PORT", surroundings.Proxy.Url.Port.ToString(CultureInfo.InvariantCulture));
        ServiceAccountPath.SetValue(null, surroundings.Folder);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("KUBERNETES_SERVICE_HOST", null);
        Environment.SetEnvironmentVariable("KUBERNETES_SERVICE_PORT", null);
        ServiceAccountPath.SetValue(null, _path);
    }
}
