using System.Text.Json.Serialization;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Kubernetes.Requests;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>Source-generated JSON of what surrounds a Lease on the wire.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(ExecCredential))]
[JsonSerializable(typeof(WatchFrame))]
internal sealed partial class KubernetesJsonContext : JsonSerializerContext;
