using System.Text.Json.Nodes;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.FakeApiServer;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>
/// Answers of what is in front of an API server, and of one that is on its way down: what they say is shown, and nobody is sent to the logs
/// of etcd, or told to grant a Role, for what the API server has never heard of.
/// </summary>
public sealed class GatewayAnswerTests : IAsyncLifetime
{
    private static readonly string[] OfTheApiServer = ["etcd", "Grant it", "FlowSchema", "service account"];

    private FakeKubeApiServer _server = null!;

    public async Task InitializeAsync() => _server = await FakeKubeApiServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(401, "Unauthorized", "<html>\n<title>Log in</title>\u001b[2J</html>", "not by an API server")]
    [InlineData(403, "Forbidden", "<html>\n<title>Log in</title>\u001b[2J</html>", "not by an API server")]
    [InlineData(502, "ServerError", "<html>\n<title>Log in</title>\u001b[2J</html>", "is no API server, but something in front of it")]
    [InlineData(503, "ServerError", "no healthy upstream", "is no API server, but something in front of it")]
    [InlineData(429, "Throttled", "rate limit of the gateway at apiserver.example", "is no API server, but something in front of it")]
    [InlineData(504, "ServerError", "upstream request timeout", "is no API server, but something in front of it")]
    public async Task Read_AnsweredBySomethingElse_SaysSoAndWhatItSaid(int status, string kind, string body, string expected)
    {
        string message = await FailAsync(kind, new Fault { Kind = FaultKind.Answer, Status = status, Body = body });

        Assert.Contains(expected, message, StringComparison.Ordinal);
        string said = body[0] == '<' ? "<html> <title>Log in</title> [2J</html>" : body;
        Assert.EndsWith($"The server said: {said}", message, StringComparison.Ordinal);
        Assert.All(OfTheApiServer, words => Assert.DoesNotContain(words, message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Read_GatewayAsksToWait_ThrottledWithoutAdviceForAnApiServer()
    {
        string message = await FailAsync("Throttled", new Fault
        {
            Kind = FaultKind.Answer,
            Status = 503,
            Body = "Back soon.",
            Headers = new Dictionary<string, string> { ["Retry-After"] = "9" },
        });

        Assert.Contains("something in front of it", message, StringComparison.Ordinal);
        Assert.DoesNotContain("FlowSchema", message, StringComparison.Ordinal);
    }

    /// <summary>It says so in plain text, with the code of an overload.</summary>
    [Fact]
    public async Task Read_ApiServerShutsDown_ThrottledAndNotCalledOverloaded()
    {
        const string Said = "The apiserver is shutting down, please try again later.";

        string message = await FailAsync("Throttled", new Fault { Kind = FaultKind.Answer, Status = 429, Body = Said });

        Assert.Contains("is shutting down and asks to try again (429)", message, StringComparison.Ordinal);
        Assert.EndsWith(Said, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, "ServerError", "Internal Server Error: \"/apis/coordination.k8s.io/v1\": webhook: refused", "Look into the logs of")]
    [InlineData(429, "Throttled", "Too many requests, please try again later.", "FlowSchema")]
    [InlineData(500, "ServerError", "This request caused apiserver to panic. Look in the logs for details.", "Look into the logs of")]
    public async Task Read_PlainTextOfAnApiServer_ShownWithItsAdvice(int status, string kind, string body, string advice)
    {
        string message = await FailAsync(kind, new Fault { Kind = FaultKind.Answer, Status = status, Body = body });

        Assert.Contains(advice, message, StringComparison.Ordinal);
        Assert.EndsWith(body, message, StringComparison.Ordinal);
    }

    /// <summary>As it answers when the time is over that the request named: a Status that does not say that it is one.</summary>
    [Fact]
    public async Task Read_ApiServerGivesUpInTime_ServerErrorOfItsOwn()
    {
        const string Said = "Timeout: request did not complete within the allotted timeout";

        string message = await FailAsync("ServerError", new Fault
        {
            Kind = FaultKind.Answer,
            Status = 504,
            Body = $$"""{"metadata":{},"status":"Failure","message":"{{Said}}","reason":"Timeout","details":{},"code":504}""",
        });

        Assert.Contains("Look into the logs of the API server and of etcd", message, StringComparison.Ordinal);
        Assert.EndsWith($"The server said: {Said}", message, StringComparison.Ordinal);
    }

    /// <summary>Whoever granted it the Role that such a refusal asks for would grant it to everybody.</summary>
    [Fact]
    public async Task Read_CredentialsAreLostOnTheWay_NoRoleAdvised()
    {
        string message = await FailAsync("Forbidden", new Fault
        {
            Kind = FaultKind.Answer,
            Status = 403,
            Body = Refusal(
                403, "Forbidden",
                "leases.coordination.k8s.io \"settlement\" is forbidden: User \"system:anonymous\" cannot get resource \"leases\" in API "
                + "group \"coordination.k8s.io\" in the namespace \"default\""),
        });

        Assert.Contains("our credentials did not reach it", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Grant it", message, StringComparison.Ordinal);
    }

    /// <summary>Taken for somebody else's write it would be tried for ever, and nobody be told.</summary>
    [Fact]
    public async Task Replace_WebhookRefusesWithConflict_RejectedAndNamed()
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        Lease lease = await store.CreateLeaseAsync();
        _server.Faults.Add(new Fault
        {
            Verb = "update",
            Kind = FaultKind.Answer,
            Status = 409,
            Body = Refusal(409, "Conflict", "admission webhook \"owners.example.test\" denied the request: frozen"),
        });

        string message = Failed(LeaseStoreErrorKind.Rejected, await store.ReplaceAsync(lease, Held("a", 1), Patience, default)).Message;

        Assert.Contains("The admission webhook 'owners.example.test' refuses to update", message, StringComparison.Ordinal);
    }

    private async Task<string> FailAsync(string kind, Fault fault)
    {
        await using KubernetesLeaseStore store = new StoreSetup(_server).Create();
        _server.Faults.Add(fault);
        return Failed(Enum.Parse<LeaseStoreErrorKind>(kind), await store.ReadAsync(Patience, default)).Message;
    }

    private static string Refusal(int code, string reason, string message) => new JsonObject
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["status"] = "Failure",
        ["code"] = code,
        ["reason"] = reason,
        ["message"] = message,
    }.ToJsonString();
}
