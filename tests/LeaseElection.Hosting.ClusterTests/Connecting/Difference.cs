namespace LeaseElection.Hosting.ClusterTests.Connecting;

/// <summary>A program with which something else comes of a row.</summary>
/// <param name="Program">The name of its column.</param>
/// <param name="Expected">As <see cref="ConnectionCase.Expected"/>.</param>
/// <param name="Why">Printed in the table: no row may differ without a reason.</param>
internal sealed record Difference(string Program, string Expected, string Why);
