using System.Text.Json;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Fuzz.Strange;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>Leases that are read by who knows another version of them, or thinks so.</summary>
public sealed class LeaseDocumentFuzzTests(ITestOutputHelper output)
{
    private const int PairsPerSeed = 200;

    [Fact]
    public void Read_KnowingAnyOther_IsAsKnowingNone() => FuzzRun.EachSeed(output, seeds: 100, world =>
    {
        for (int i = 0; i < PairsPerSeed; i++)
        {
            IReadOnlyList<(string Place, string Json)> good = StrangeLease.Good(world.Random);
            byte[] before = world.Put("known", StrangeLease.Strange(world.Random, good));
            IReadOnlyList<(string Place, string Json)> next = world.Random.OneIn(4) ? StrangeLease.Good(world.Random) : good;
            byte[] after = world.Put("read", StrangeLease.Strange(world.Random, next));
            LeaseDocument? known = Read(before, known: null, out _);

            LeaseDocument? read = Read(after, known, out string? error);

            Assert.Equal(Written(Read(after, known: null, out string? errorWithout)), Written(read));
            Assert.Equal(errorWithout, error);
            // The way of files is through the serializer.
            Assert.Equal(Written(Deserialized(after)), Written(read));
        }
    });

    private static LeaseDocument? Read(byte[] text, LeaseDocument? known, out string? error)
    {
        error = null;
        try
        {
            return LeaseDocumentReader.Read(text, known);
        }
        catch (JsonException e)
        {
            error = e.Message;
            return null;
        }
    }

    private static LeaseDocument? Deserialized(byte[] text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, LeaseJsonContext.Default.LeaseDocument);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What it is written as; of what cannot be written, why.</summary>
    private static string Written(LeaseDocument? document)
    {
        try
        {
            return document is null ? "" : JsonSerializer.Serialize(document, LeaseJsonContext.Default.LeaseDocument);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or JsonException)
        {
            return e.Message;
        }
    }
}
