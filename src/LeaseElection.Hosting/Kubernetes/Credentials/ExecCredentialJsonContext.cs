using System.Text.Json.Serialization;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>Source-generated JSON of what an exec plugin prints.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExecCredential))]
internal sealed partial class ExecCredentialJsonContext : JsonSerializerContext;
