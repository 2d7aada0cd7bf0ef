using System.Text.Json.Serialization;
using LeaseElection.Hosting.AspNetCore.Status;

namespace LeaseElection.Hosting.AspNetCore;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(AllElections))]
[JsonSerializable(typeof(OneElection))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class EndpointsJson : JsonSerializerContext;
