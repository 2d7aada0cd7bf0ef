using System.Text.Json.Serialization;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>Source-generated JSON of what surrounds a Lease on the wire.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(LeaseListPage))]
[JsonSerializable(typeof(DeleteOptions))]
internal sealed partial class KubernetesJsonContext : JsonSerializerContext;
