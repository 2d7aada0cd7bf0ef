using k8s;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.KubernetesClient;

/// <summary>What the start of the host fails with, in words of ours.</summary>
internal static class Refusal
{
    public static OptionsValidationException Of(string message) => new("", typeof(KubernetesClientConfiguration), [message]);
}
