using System.Text.Json;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests.Leases;

public sealed class LeaseDocumentTests
{
    private const string FromKubectl = """
        {
          "apiVersion": "coordination.k8s.io/v1",
          "kind": "Lease",
          "metadata": {
            "annotations": { "example.com/note": "ü <b>" },
            "creationTimestamp": "2026-01-31T23:59:59Z",
            "labels": { "team": "payments" },
            "name": "settlement",
            "namespace": "shop",
            "ownerReferences": [ { "apiVersion": "v1", "kind": "Pod", "name": "a", "uid": "1", "controller": true } ],
            "resourceVersion": "4711",
            "uid": "6f1d"
          },
          "spec": {
            "acquireTime": "2026-01-31T23:59:59.000000Z",
            "holderIdentity": "a",
            "leaseDurationSeconds": 15,
            "leaseTransitions": 3,
            "preferredHolder": "b",
            "renewTime": "2026-01-31T23:59:59.123456Z",
            "strategy": "OldestEmulationVersion"
          },
          "status": { "future": [ 1, 2.50, null, "x" ] }
        }
        """;

    [Fact]
    public void Json_UnknownFieldsAtEveryLevel_RoundTrip()
    {
        string json = Write(Parse(FromKubectl));

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(FromKubectl), JsonNode.Parse(json)), json);
    }

    [Fact]
    public void With_Record_OnlyItsFiveFieldsChange()
    {
        LeaseRecord record = new() { HolderIdentity = "b", LeaseDurationSeconds = 30, LeaseTransitions = 4 };
        JsonNode expected = JsonNode.Parse(FromKubectl)!;
        JsonObject spec = expected["spec"]!.AsObject();
        spec["holderIdentity"] = "b";
        spec["leaseDurationSeconds"] = 30;
        spec["leaseTransitions"] = 4;
        // A null is written by leaving the field out.
        spec.Remove("acquireTime");
        spec.Remove("renewTime");

        string json = Write(Parse(FromKubectl).With(record));

        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(json)), json);
    }

    [Fact]
    public void ToLease_FromKubectl_WhatTheElectorSees()
    {
        Lease lease = Parse(FromKubectl).ToLease();

        Assert.Equal("4711", lease.ResourceVersion);
        Assert.Equal("6f1d", lease.Uid);
        DateTimeOffset acquired = new(2026, 1, 31, 23, 59, 59, TimeSpan.Zero);
        Assert.Equal(
            new LeaseRecord
            {
                HolderIdentity = "a",
                LeaseDurationSeconds = 15,
                AcquireTime = acquired,
                RenewTime = acquired.AddMicroseconds(123456),
                LeaseTransitions = 3,
            },
            lease.Record);
    }

    [Theory]
    [InlineData("""{ "kind": "Lease" }""")]
    [InlineData("""{ "kind": "Lease", "metadata": null, "spec": null }""")]
    [InlineData("""{ "kind": "Lease", "metadata": {}, "spec": {} }""")]
    public void ToLease_NothingInIt_HeldByNobody(string json)
    {
        Lease lease = Parse(json).ToLease();

        Assert.Equal("", lease.ResourceVersion);
        Assert.Equal("", lease.Uid);
        Assert.Equal(new LeaseRecord(), lease.Record);
    }

    [Fact]
    public void Json_NewDocument_KindAndVersionOfALease()
    {
        JsonNode json = JsonNode.Parse(Write(new LeaseDocument()))!;

        Assert.Equal("coordination.k8s.io/v1", (string?)json["apiVersion"]);
        Assert.Equal("Lease", (string?)json["kind"]);
    }

    private static LeaseDocument Parse(string json) => JsonSerializer.Deserialize(json, LeaseJsonContext.Default.LeaseDocument)!;

    private static string Write(LeaseDocument document) => JsonSerializer.Serialize(document, LeaseJsonContext.Default.LeaseDocument);
}
