using System.Text.Json.Nodes;

namespace LeaseElection.Hosting.Testing.Api;

/// <summary>What a request came to, before it is told to the client: a fault may still keep it from him.</summary>
internal sealed record ApiResult(int Code, JsonObject Body);
