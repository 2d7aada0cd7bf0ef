using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.KubernetesClient.Tests;

/// <summary>A connection that dies silently under a leader: both ends believe in it, and nothing gets through. New ones work.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class SilentConnectionTests(ApiServerFixture fixture, ITestOutputHelper output)
{
    private const int Rounds = 3;

    [ApiServerTheory]
    [InlineData("UseKubernetesClient")]
    [InlineData("default connection")]
    public async Task Leader_ConnectionSwallowsEverything_LosesOneAttemptAndNoTerm(string way)
    {
        await using Surroundings around = await Surroundings.OpenAsync(fixture.Server);
        string[] settings = way == "UseKubernetesClient"
            ? []
            :
            [
                $"LeaseNamespace={around.Namespace}", $"Kubernetes:ApiServer={around.Proxy.Url}", $"Kubernetes:TokenFile={around.TokenFile}",
                $"Kubernetes:CertificateAuthorityFile={around.AuthorityFile}",
            ];
        await using var host = new ClientHost(
            builder =>
            {
                if (way == "UseKubernetesClient")
                    builder.UseKubernetesClient(around.Configuration);
            },
            settings);
        LeadershipTerm term = await host.LeadsAsync();

        int lost = 0;
        var slowest = TimeSpan.Zero;
        for (int round = 0; round < Rounds; round++)
        {
            await around.RenewsAsync();
            int before = Failures();
            long cut = TimeProvider.System.GetTimestamp();
            around.Proxy.BlackHole();
            await around.RenewsAsync();
            TimeSpan took = TimeProvider.System.GetElapsedTime(cut);
            slowest = took > slowest ? took : slowest;
            lost = Math.Max(lost, Failures() - before);
        }

        output.WriteLine($"{way}: {lost} attempt(s) lost, renewed again within {slowest.TotalMilliseconds:0} ms of the cut, {Rounds} rounds");
        Assert.Equal(1, lost);
        Assert.True(term.IsHeld);
        Assert.Single(host.Logs.Named("BecameLeader"));
        await host.StopAsync();

        // Those that were swallowed, and not that of the watch, which is told of elsewhere.
        int Failures() => host.Logs.Named("RenewalFailed").Count + host.Logs.Named("RenewalFailedAgain").Count;
    }
}
