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
                $"LeaseNamespace={around.Namespace}", $"Kubernetes:ApiServer={around.Proxy.Url}",
                $"Kubernetes:TokenFile={around.TokenFile}",
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
            int before = around.Proxy.Requests.DeadEnds;
            long cut = TimeProvider.System.GetTimestamp();
            around.Proxy.BlackHole();
            await around.RenewsAsync();
            TimeSpan took = TimeProvider.System.GetElapsedTime(cut);
            slowest = took > slowest ? took : slowest;
            lost = Math.Max(lost, around.Proxy.Requests.DeadEnds - before);
        }

        output.WriteLine(
            $"{way}: {lost} attempt(s) lost, renewed again within {slowest.TotalMilliseconds:0} ms of the cut, {Rounds} rounds");

        // A connection is used for no other attempt once one was swallowed. To count those that failed would be no use: over a connection
        // that works one fails, too, where the machine stands still for as long as a request may take.
        Assert.Equal(1, lost);
        Assert.True(host.Logs.Named("RenewalFailed").Count >= Rounds, "A cut has cost no attempt.");
        Assert.True(term.IsHeld);
        Assert.Single(host.Logs.Named("BecameLeader"));
        await host.StopAsync();
    }
}
