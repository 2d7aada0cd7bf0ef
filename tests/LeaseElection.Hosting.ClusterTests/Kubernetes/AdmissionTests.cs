using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.ClusterTests.Election;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Logging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.ClusterTests.Kubernetes;

/// <summary>A webhook that refuses leases, asked by a real API server, and what becomes of its refusal.</summary>
[Collection(WaitingHosts.Name)]
public sealed class AdmissionTests(ApiServerFixture fixture) : IAsyncLifetime
{
    private const string Webhook = "owners.example.test";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly LeaseRecord Held = new() { HolderIdentity = "a", LeaseDurationSeconds = 15, LeaseTransitions = 0 };

    private WebApplication _webhook = null!;
    private Func<JsonNode, string?> _refusal = _ => "leases must have an owner";
    private string _configuration = "";

    public async Task InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        (string certificate, string key) = fixture.Server.Authority.IssueForServer();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(
            System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(X509Certificate2.CreateFromPem(certificate, key))));
        _webhook = builder.Build();
        _webhook.Run(AnswerAsync);
        await _webhook.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_configuration.Length > 0)
            await fixture.Server.Admin.SendAsync(HttpMethod.Delete, _configuration);
        await _webhook.DisposeAsync();
    }

    [ApiServerFact]
    public async Task Create_RefusedByAWebhook_NamesItAndAdvisesNoRole()
    {
        await using KubernetesLeaseStore store = await OpenAsync();

        LeaseStoreError error = await CreateUntilAsync(store, reply => reply is LeaseReply.Failed);

        Assert.Equal(LeaseStoreErrorKind.Forbidden, error.Kind);
        Assert.Contains($"The admission webhook '{Webhook}' refuses to create the lease", error.Message, StringComparison.Ordinal);
        Assert.Contains("leases must have an owner", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Grant it with a Role", error.Message, StringComparison.Ordinal);
    }

    [ApiServerFact]
    public async Task Create_WebhookGone_NamesIt()
    {
        await using KubernetesLeaseStore store = await OpenAsync();
        await _webhook.StopAsync();

        LeaseStoreError error = await CreateUntilAsync(store, reply => reply is LeaseReply.Unknown);

        Assert.Equal(LeaseStoreErrorKind.ServerError, error.Kind);
        Assert.Contains($"the admission webhook '{Webhook}', which does not answer", error.Message, StringComparison.Ordinal);
    }

    /// <summary>What goes with the write that takes the lease must not keep everybody from taking it.</summary>
    [ApiServerFact]
    public async Task TakeOver_EndpointRefusedByAWebhook_LeadsWithout_AndSaysSo()
    {
        _refusal = review => review["request"]!["object"]!["metadata"]!["annotations"] is null ? null : "leases bear no annotations";
        string space = await ConfigureAsync();
        ApiServerUser user = await fixture.Server.CreateUserAsync(space, PolicyRule.Leases("get", "create", "update", "watch"));
        await using (KubernetesLeaseStore store = Open(space, "probe"))
        {
            var annotated = new LeaseWrite(Held) { Annotations = new Dictionary<string, string?> { ["a"] = "b" } };
            await CreateUntilAsync(store, reply => reply is LeaseReply.Failed, annotated);
        }

        await using ClusterHost host = await ClusterHost.StartAsync(
            fixture.Server, user, space, work: election => election.PublishEndpoint(new Uri("http://10.0.0.7:8080")));
        await host.LeadsAsync();

        Assert.Null(host.Election.Status.LeaderEndpoint);
        LogEntry warning = await host.Logs.WaitForAsync("NotesRefused");
        Assert.Contains("not let have the notes leader-endpoint", warning.Message, StringComparison.Ordinal);
        Assert.Contains("leases bear no annotations", warning.Message, StringComparison.Ordinal);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        JsonNode review = (await JsonNode.ParseAsync(context.Request.Body))!;
        string? refusal = _refusal(review);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(new JsonObject
        {
            ["apiVersion"] = "admission.k8s.io/v1",
            ["kind"] = "AdmissionReview",
            ["response"] = new JsonObject
            {
                ["uid"] = review["request"]!["uid"]!.DeepClone(),
                ["allowed"] = refusal is null,
                ["status"] = new JsonObject { ["code"] = 403, ["message"] = refusal },
            },
        }.ToJsonString());
    }

    /// <summary>The server learns of a webhook through a watch; until then leases are made, each of another name.</summary>
    private static async Task<LeaseStoreError> CreateUntilAsync(
        KubernetesLeaseStore store, Func<LeaseReply, bool> expected, LeaseWrite? write = null)
    {
        LeaseReply reply = null!;
        await Polling.UntilAsync(async () => expected(reply = await store.CreateAsync(write ?? Held, Patience, default)), Patience);
        return reply is LeaseReply.Failed failed ? failed.Error : ((LeaseReply.Unknown)reply).Error;
    }

    /// <summary>Only leases of one namespace are looked at: the server has other tests too.</summary>
    private async Task<string> ConfigureAsync()
    {
        string space = await fixture.Server.CreateNamespaceAsync();
        await fixture.Server.KubectlAsync(null, "label", "namespace", space, $"policy={space}");
        string url = _webhook.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        const string Configurations = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
        await fixture.Server.Admin.SendAsync(HttpMethod.Post, Configurations, new JsonObject
        {
            ["apiVersion"] = "admissionregistration.k8s.io/v1",
            ["kind"] = "ValidatingWebhookConfiguration",
            ["metadata"] = new JsonObject { ["name"] = space },
            ["webhooks"] = new JsonArray(new JsonObject
            {
                ["name"] = Webhook,
                ["clientConfig"] = new JsonObject
                {
                    ["url"] = url,
                    ["caBundle"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(fixture.Server.CertificateAuthorityPem)),
                },
                ["rules"] = new JsonArray(new JsonObject
                {
                    ["apiGroups"] = new JsonArray("coordination.k8s.io"),
                    ["apiVersions"] = new JsonArray("v1"),
                    ["operations"] = new JsonArray("CREATE", "UPDATE"),
                    ["resources"] = new JsonArray("leases"),
                }),
                ["namespaceSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["policy"] = space } },
                ["failurePolicy"] = "Fail",
                ["sideEffects"] = "None",
                ["admissionReviewVersions"] = new JsonArray("v1"),
                ["timeoutSeconds"] = 5,
            }),
        });
        _configuration = $"{Configurations}/{space}";
        return space;
    }

    private async Task<KubernetesLeaseStore> OpenAsync() => Open(await ConfigureAsync(), "settlement");

    private KubernetesLeaseStore Open(string space, string name) =>
        new(
            fixture.Server.ConnectAs(fixture.Server.AdminToken), space, name, TimeProvider.System,
            NullLogger<KubernetesLeaseStore>.Instance);
}
