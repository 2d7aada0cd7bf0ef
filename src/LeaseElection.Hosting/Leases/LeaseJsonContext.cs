using System.Text.Json.Serialization;

namespace LeaseElection.Hosting.Leases;

/// <summary>Source-generated JSON of the lease types: no reflection, so trimmed and AOT-compiled apps work.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LeaseDocument))]
internal sealed partial class LeaseJsonContext : JsonSerializerContext;
