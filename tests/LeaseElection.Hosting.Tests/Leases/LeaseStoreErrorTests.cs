using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests.Leases;

public sealed class LeaseStoreErrorTests
{
    /// <summary>Of a presence that is held somebody is told at once of what does not: a lost answer of a name server is no news.</summary>
    [Theory]
    [InlineData("Timeout", true)]
    [InlineData("Network", true)]
    [InlineData("Dns", true)]
    [InlineData("ServerError", true)]
    [InlineData("Throttled", true)]
    [InlineData("Tls", false)]
    [InlineData("Unauthorized", false)]
    [InlineData("Forbidden", false)]
    [InlineData("NotFound", false)]
    [InlineData("Rejected", false)]
    [InlineData("Credentials", false)]
    public void Passes_WhatGoesByItself(string kind, bool passes) =>
        Assert.Equal(passes, new LeaseStoreError(Enum.Parse<LeaseStoreErrorKind>(kind), "").Passes);
}
