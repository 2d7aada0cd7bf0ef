using System.Text.Json.Serialization;

namespace LeaseElection.Hosting.Kubernetes.Pods;

/// <summary>Source-generated JSON of a Pod.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PodDocument))]
internal sealed partial class PodJsonContext : JsonSerializerContext;
