namespace LeaseElection.Samples.Tests.Otlp;

/// <summary>The last value of a number that one process exported.</summary>
/// <param name="Instance">The process: <c>service.instance.id</c> of its resource.</param>
/// <param name="Scope">The meter.</param>
/// <param name="Name">The instrument.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Tags">Its tags, sorted: <c>a=1 b=2</c>.</param>
/// <param name="Value">The value.</param>
internal sealed record OtlpPoint(string Instance, string Scope, string Name, string Unit, string Tags, double Value);
