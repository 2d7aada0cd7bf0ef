using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Fuzz.Strange;
using LeaseElection.Hosting.Tests.Kubernetes;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>Any body with any status, as an answer to each request: nothing throws, and only our own lease is found.</summary>
public class ReplyFuzzTests(ITestOutputHelper output)
{
    private const int InputsPerSeed = 500;

    private static readonly LeaseResource Resource = new(new Uri("https://10.0.0.1:6443"), LeaseOracle.Namespace, LeaseOracle.Name);
    private static readonly LeaseReplies Replies = new(Resource);
    private static readonly Lease Replaced = new() { Uid = StrangeLease.Uid, ResourceVersion = "1", Record = new LeaseRecord() };
    private static readonly HttpStatusCode[] Codes =
    [
        .. Enumerable.Range(100, 500).Select(code => (HttpStatusCode)code), (HttpStatusCode)999
    ];

    [Fact]
    public void Read_AnyAnswer_FindsOnlyOurLease() => FuzzRun.EachSeed(output, seeds: 100, world =>
    {
        for (int i = 0; i < InputsPerSeed; i++)
        {
            ApiOutcome.Answer answer = Answer(world);
            LeaseReply reply = Replies.ForRead(answer);
            Assert.True(reply is LeaseReply.Found or LeaseReply.Absent or LeaseReply.Failed, $"{reply}");
            Assert.True(reply is not LeaseReply.Found || LeaseOracle.IsOurs(answer.Body), $"{reply}");
            Assert.True(reply is not LeaseReply.Absent || answer.Status == HttpStatusCode.NotFound, $"{reply}");
            CheckError(reply);
        }
    });

    [Fact]
    public void Write_AnyAnswer_IsConfirmedOnlyByOurOwnRecord() => FuzzRun.EachSeed(output, seeds: 100, world =>
    {
        for (int i = 0; i < InputsPerSeed; i++)
        {
            LeaseRecord written = Records.Held(world.Random.Of("a", "me"), world.Random.Next(3)) with { LeaseTransitions = 1 };
            ApiOutcome.Answer answer = Answer(world, written);
            LeaseReply reply = world.Random.OneIn(2)
                ? Replies.ForCreate(answer, written)
                : Replies.ForReplace(answer, Replaced, written);
            Assert.True(reply is not LeaseReply.Found || LeaseOracle.Confirms(answer.Body, written), $"{written} {reply}");
            // Whoever answers "done" with anything else has perhaps done it.
            Assert.True(
                reply is not LeaseReply.Failed || (int)answer.Status is >= 400 and < 500,
                $"A write that may have happened: {answer.Status} {reply}");
            CheckError(reply);
        }
    });

    [Fact]
    public void Found_WrittenBack_KeepsWhatIsNotOurs() => FuzzRun.EachSeed(output, seeds: 100, world =>
    {
        for (int i = 0; i < InputsPerSeed; i++)
        {
            byte[] body = world.Put("200", StrangeLease.Any(world.Random));
            if (Replies.ForRead(new ApiOutcome.Answer(HttpStatusCode.OK, body, null)) is not LeaseReply.Found { Lease: { } lease })
                continue;

            byte[] sent;
            try
            {
                sent = Replacement(lease, Records.Held("me"));
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException or JsonException)
            {
                Assert.Matches(@"\\u[dD][89a-fA-F]", Encoding.UTF8.GetString(body));
                continue;
            }

            Assert.True(LeaseOracle.Confirms(sent, Records.Held("me")));
            if (Unambiguous(body) is not { } before)
                continue;
            JsonNode after = JsonNode.Parse(sent)!;
            before["metadata"]!.AsObject().Remove("managedFields");
            before["spec"] = after["spec"] is JsonObject spec ? Merge(before["spec"] as JsonObject, spec) : null;
            Assert.True(JsonNode.DeepEquals(before, after), $"sent: {after}");
            Assert.Equal(lease.Record, Assert.IsType<LeaseReply.Found>(Replies.ForRead(new ApiOutcome.Answer(
                HttpStatusCode.OK, Replacement(lease, lease.Record), null))).Lease.Record);
        }
    });

    private static byte[] Replacement(Lease lease, LeaseRecord record) =>
        LeaseBodies.ForReplace(new JsonBuffer(), Resource, lease, record, LeaseTraits.None).ToArray();

    private static JsonNode? Unambiguous(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonObject Merge(JsonObject? before, JsonObject written)
    {
        var merged = (JsonObject)(before ?? []).DeepClone();
        foreach (string field in (string[])["holderIdentity", "leaseDurationSeconds", "acquireTime", "renewTime", "leaseTransitions"])
            merged[field] = written[field]?.DeepClone();
        return merged;
    }

    private static ApiOutcome.Answer Answer(FuzzWorld world, LeaseRecord? written = null)
    {
        Random random = world.Random;
        HttpStatusCode code = random.OneIn(2) ? random.Of(HttpStatusCode.OK, HttpStatusCode.Created) : random.Of(Codes);
        byte[] body = random.Next(3) switch
        {
            0 => StrangeStatus.Any(random),
            1 when written is not null => StrangeLease.Strange(random, StrangeLease.Of(random, written)),
            _ => StrangeLease.Any(random),
        };
        return new ApiOutcome.Answer(
            code, world.Put($"{(int)code}", body), random.OneIn(3) ? TimeSpan.FromSeconds(random.Next(-9, 99)) : null);
    }

    private static void CheckError(LeaseReply reply)
    {
        LeaseStoreError? error = (reply as LeaseReply.Failed)?.Error ?? (reply as LeaseReply.Unknown)?.Error;
        Assert.True(error is null || (error.Message.Length is > 0 and < 3000 && Enum.IsDefined(error.Kind)), $"{error}");
    }
}
