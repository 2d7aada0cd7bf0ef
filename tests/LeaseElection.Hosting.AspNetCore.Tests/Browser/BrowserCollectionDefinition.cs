using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.AspNetCore.Tests.Browser;

/// <summary>By themselves: what they measure is what a person sees, on a machine that has time for it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BrowserCollectionDefinition : ICollectionFixture<BrowserFixture>, ICollectionFixture<ApiServerFixture>
{
    public const string Name = "browser";
}
