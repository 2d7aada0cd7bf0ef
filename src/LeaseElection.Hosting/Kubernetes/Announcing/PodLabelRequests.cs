using System.Text;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Kubernetes.Requests;

namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>
/// A merge patch of the one label: it needs the verb patch alone, touches nothing else of the Pod, and says a state, so that sending it
/// twice does no harm. Null removes the label, also where there is none.
/// </summary>
internal static class PodLabelRequests
{
    public const string Label = "leaseelection.dev/role";

    private static readonly byte[] On = Body("\"leader\"");
    private static readonly byte[] Off = Body("null");

    public static Announcement Of(PodLabelPatch patch, string podNamespace, ApiServerAddress server)
    {
        string path = $"/api/v1/namespaces/{Uri.EscapeDataString(podNamespace)}/pods/{Uri.EscapeDataString(patch.Pod)}";
        var request = new ApiRequest(
            HttpMethod.Patch, left => server.For(path, left), patch.Leads ? On : Off, "application/merge-patch+json");
        return new Announcement(request, "patch", "pods", podNamespace, patch.Pod);
    }

    /// <summary>
    /// The Pod of a default identity, <c>POD_NAME</c>, <c>_</c> and 8 characters; <see langword="null"/> for others, which may be anything.
    /// The name of a Pod has no <c>_</c>.
    /// </summary>
    public static string? PodOf(string identity)
    {
        int end = identity.LastIndexOf('_');
        bool isOurs = end > 0 && identity.Length - end == 9
            && identity[(end + 1)..].All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));
        return isOurs && KubernetesName.IsSubdomain(identity[..end]) ? identity[..end] : null;
    }

    private static byte[] Body(string value) => Encoding.UTF8.GetBytes("""{"metadata":{"labels":{""" + $"\"{Label}\":{value}" + "}}}");
}
