using System.Net;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.ApiServer;

/// <summary>The fixture is the judge of other tests, so it is tested first: users, rights, certificates, kubectl.</summary>
[Collection(WaitingHosts.Name)]
public sealed class RealApiServerTests(ApiServerFixture fixture)
{
    private RealApiServer Server => fixture.Server;

    [ApiServerFact]
    public async Task StartAsync_Returned_ServerIsReady()
    {
        Assert.Equal("ok", await Server.Admin.GetTextAsync("/readyz"));
    }

    [ApiServerFact]
    public async Task ClientFor_UnknownToken_IsUnauthorized()
    {
        using var nobody = Server.ClientFor("no such token");

        Assert.Equal(HttpStatusCode.Unauthorized, await Leases.StatusOfAsync(() => Leases.GetAsync(nobody, "default", "x")));
    }

    [ApiServerFact]
    public async Task CreateUserAsync_OneVerb_AllowsItAndNothingElse()
    {
        var ours = await Server.CreateNamespaceAsync();
        var other = await Server.CreateNamespaceAsync();
        var user = await Server.CreateUserAsync(ours, PolicyRule.Leases("create"));
        using var client = Server.ClientFor(user.Token);

        await Leases.CreateAsync(client, ours, "mine");

        Assert.Equal(HttpStatusCode.Forbidden, await Leases.StatusOfAsync(() => Leases.GetAsync(client, ours, "mine")));
        Assert.Equal(HttpStatusCode.Forbidden, await Leases.StatusOfAsync(() => Leases.CreateAsync(client, other, "mine")));
    }

    [ApiServerFact]
    public async Task CreateUserAsync_NoRules_IsKnownAndMayDoNothing()
    {
        var ours = await Server.CreateNamespaceAsync();
        var user = await Server.CreateUserAsync(ours);
        using var client = Server.ClientFor(user.Token);

        Assert.Equal(HttpStatusCode.Forbidden, await Leases.StatusOfAsync(() => Leases.GetAsync(client, ours, "any")));
    }

    [ApiServerFact]
    public async Task CreateUserAsync_ResourceName_LimitsToIt()
    {
        var ours = await Server.CreateNamespaceAsync();
        var user = await Server.CreateUserAsync(ours, PolicyRule.Leases("get") with { ResourceNames = ["mine"] });
        using var client = Server.ClientFor(user.Token);

        Assert.Equal(HttpStatusCode.NotFound, await Leases.StatusOfAsync(() => Leases.GetAsync(client, ours, "mine")));
        Assert.Equal(HttpStatusCode.Forbidden, await Leases.StatusOfAsync(() => Leases.GetAsync(client, ours, "other")));
    }

    [ApiServerFact]
    public async Task CreateUserAsync_TokenFile_HoldsTheToken()
    {
        var user = await Server.CreateUserAsync("default");

        Assert.Equal(user.Token, await File.ReadAllTextAsync(user.TokenFile));
    }

    [ApiServerFact]
    public async Task GrantAsync_OtherRules_ReplaceThoseBefore()
    {
        var ours = await Server.CreateNamespaceAsync();
        var user = await Server.CreateUserAsync(ours, PolicyRule.Leases("get"));
        using var client = Server.ClientFor(user.Token);

        await Server.GrantAsync(user, ours, PolicyRule.Leases("create"));

        Assert.Equal(HttpStatusCode.Forbidden, await Leases.StatusOfAsync(() => Leases.GetAsync(client, ours, "mine")));
        Assert.Equal(HttpStatusCode.OK, await Leases.StatusOfAsync(() => Leases.CreateAsync(client, ours, "mine")));
    }

    [ApiServerFact]
    public async Task GrantAsync_StarAfterOneVerb_DoesNotWaitForTheVerbToBeDenied()
    {
        var ours = await Server.CreateNamespaceAsync();
        var user = await Server.CreateUserAsync(ours, PolicyRule.Leases("get"));
        using var client = Server.ClientFor(user.Token);

        await Server.GrantAsync(user, ours, PolicyRule.Leases("*"));

        Assert.Equal(HttpStatusCode.NotFound, await Leases.StatusOfAsync(() => Leases.GetAsync(client, ours, "mine")));
    }

    [ApiServerFact]
    public async Task RevokeAsync_Granted_DeniesAtOnce()
    {
        var ours = await Server.CreateNamespaceAsync();
        var user = await Server.CreateUserAsync(ours, PolicyRule.Leases("get"));
        using var client = Server.ClientFor(user.Token);

        await Server.RevokeAsync(user, ours);

        Assert.Equal(HttpStatusCode.Forbidden, await Leases.StatusOfAsync(() => Leases.GetAsync(client, ours, "mine")));
    }

    [ApiServerFact]
    public async Task CreateClientCertificate_Name_ServerTakesIt()
    {
        var (certificate, key) = Server.CreateClientCertificate("jane");
        using var client = Server.ClientFor(certificate, key);

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetTextAsync("/api/v1/namespaces"));

        Assert.Contains("""User \"jane\" cannot list""", exception.Message, StringComparison.Ordinal);
    }

    [ApiServerFact]
    public async Task CreateClientCertificate_Groups_GiveTheirRights()
    {
        var (certificate, key) = Server.CreateClientCertificate("jane", "others", "system:masters");
        using var client = Server.ClientFor(certificate, key);

        Assert.Contains("kube-system", await client.GetTextAsync("/api/v1/namespaces"), StringComparison.Ordinal);
    }

    [ApiServerFact]
    public async Task KubectlAsync_AppliesFromStdin_ObjectIsThere()
    {
        var ours = await Server.CreateNamespaceAsync();

        await Server.KubectlAsync(Leases.New("from-kubectl").ToJsonString(), "apply", "-n", ours, "-f", "-");

        var names = await Server.KubectlAsync(stdin: null, "get", "lease", "-n", ours, "-o", "name");
        Assert.Equal("lease.coordination.k8s.io/from-kubectl", names.Trim());
    }

    [ApiServerFact]
    public async Task KubectlAsync_Fails_ThrowsWithItsMessage()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Server.KubectlAsync(stdin: null, "get", "lease", "missing"));

        Assert.Contains("\"missing\" not found", exception.Message, StringComparison.Ordinal);
    }

    [ApiServerFact]
    public async Task CountLeaseRequestsAsync_SomeRequests_CountsThemPerVerb()
    {
        var ours = await Server.CreateNamespaceAsync();
        var before = await Server.CountLeaseRequestsAsync();

        await Leases.CreateAsync(Server.Admin, ours, "counted");
        await Leases.GetAsync(Server.Admin, ours, "counted");
        await Leases.GetAsync(Server.Admin, ours, "counted");

        var after = await Server.CountLeaseRequestsAsync();
        Assert.Equal(1, after["POST"] - before.GetValueOrDefault("POST"));
        Assert.Equal(2, after["GET"] - before.GetValueOrDefault("GET"));
    }
}
