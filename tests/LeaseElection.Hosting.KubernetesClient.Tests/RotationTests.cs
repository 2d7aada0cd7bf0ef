using k8s;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.KubernetesClient.Tests;

/// <summary>What changes under a leader: its token, the authority of the server. A configuration made anew keeps the term.</summary>
[Collection(ApiServerFixture.Collection)]
public sealed class RotationTests(ApiServerFixture fixture) : IAsyncLifetime
{
    private Surroundings _around = null!;

    public async Task InitializeAsync()
    {
        if (ApiServerAssets.SkipReason is null)
            _around = await Surroundings.OpenAsync(fixture.Server);
    }

    public async Task DisposeAsync() => await (_around?.DisposeAsync() ?? default);

    [ApiServerFact]
    public async Task InCluster_TokenAndAuthorityRotated_KeepsTheTerm()
    {
        using var pod = new Pod(_around);
        await using ClientHost host = Host(builder => builder.UseKubernetesClient(KubernetesClientConfiguration.InClusterConfig));
        LeadershipTerm term = await host.LeadsAsync();

        await _around.RotateTokenAsync();
        await _around.RenewsAsync();
        await _around.RotateAuthorityAsync();
        await _around.RenewsAsync();
        await _around.RotateTokenAsync();
        await _around.RenewsAsync();

        Assert.True(term.IsHeld);
        Assert.DoesNotContain(host.Warnings, entry => entry.Id.Name is "LeadershipLost" or "ConnectionNotMadeAnew");
        await host.StopAsync();
        Assert.Single(host.Logs.Named("BecameLeader"));
    }

    [ApiServerFact]
    public async Task Factory_TokenRefused_IsMadeAnewWithinTheRequest()
    {
        await using ClientHost host = Host(builder => builder.UseKubernetesClient(_around.Configuration));
        await host.LeadsAsync();

        await _around.RotateTokenAsync();
        await _around.RenewsAsync();

        Assert.Empty(host.Warnings); // Not one renewal has failed.
        Assert.NotEmpty(host.Logs.Named("ConnectionMadeAnew"));
        await host.StopAsync();
    }

    [ApiServerFact]
    public async Task Factory_WithAnExecPlugin_IsAskedAgainWhenItsTokenIsRefused()
    {
        string path = _around.WriteKubeConfigWithPlugin();
        await using ClientHost host = Host(
            builder => builder.UseKubernetesClient(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(path)));
        LeadershipTerm term = await host.LeadsAsync();
        int asked = _around.PluginAsked();

        await _around.RotateTokenAsync();
        await _around.RenewsAsync();

        Assert.True(term.IsHeld);
        Assert.True(_around.PluginAsked() > asked);
        await host.StopAsync();
    }

    /// <summary>What a factory has before an instance, which the documentation says.</summary>
    [ApiServerFact]
    public async Task Instance_AuthorityRotated_IsNotFollowed()
    {
        await using ClientHost host = Host(
            builder => builder.UseKubernetesClient(_around.Configuration()),
            "LeaseDuration=00:00:04", "RenewDeadline=00:00:02");
        LeadershipTerm term = await host.LeadsAsync();

        await _around.RotateAuthorityAsync();

        await host.Logs.WaitForAsync("LeadershipLost");
        // The first may have been under way when connections were reset.
        Assert.Contains(
            host.Logs.Named("RenewalFailed").Concat(host.Logs.Named("RenewalFailedAgain")),
            failed => failed.Message.Contains("certificate", StringComparison.Ordinal));
        Assert.False(term.IsHeld);
        await host.StopAsync();
    }

    [ApiServerFact]
    public async Task Factory_FailsForAWhile_WarnsOnceAndKeepsTheTerm()
    {
        bool sealedNow = false;
        int refused = 0;
        await using ClientHost host = Host(builder => builder.UseKubernetesClient(() =>
        {
            if (!Volatile.Read(ref sealedNow))
                return _around.Configuration();
            Interlocked.Increment(ref refused);
            throw new InvalidOperationException("the vault is sealed");
        }));
        LeadershipTerm term = await host.LeadsAsync();

        Volatile.Write(ref sealedNow, true);
        await _around.RotateTokenAsync();
        // Twice: it is asked again after 1 s and 2 s, and after the 4 s that would follow a third time the term might be over.
        await Polling.UntilAsync(() => Task.FromResult(Volatile.Read(ref refused) >= 2), Signal.Patience);
        Volatile.Write(ref sealedNow, false);
        await _around.RenewsAsync();

        Assert.True(term.IsHeld);
        Assert.Contains("the vault is sealed", Assert.Single(host.Logs.Named("ConnectionNotMadeAnew")).Message, StringComparison.Ordinal);
        await host.StopAsync();
    }

    [ApiServerFact]
    public async Task Factory_HangsForAWhile_KeepsTheTermAndIsNotAskedTwiceAtOnce()
    {
        using var gate = new ManualResetEventSlim(initialState: true);
        int running = 0, most = 0;
        await using ClientHost host = Host(builder => builder.UseKubernetesClient(() =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            gate.Wait(CancellationToken.None);
            Interlocked.Decrement(ref running);
            return _around.Configuration();
        }));
        LeadershipTerm term = await host.LeadsAsync();

        gate.Reset();
        await _around.RotateTokenAsync();
        await host.Logs.WaitForAsync("RenewalFailed");
        gate.Set();
        await _around.RenewsAsync();

        Assert.True(term.IsHeld);
        Assert.Equal(1, most);
        await host.StopAsync();
    }

    private static ClientHost Host(Action<LeaderElectionBuilder> use, params string[] settings) => new(use, settings);
}
