using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using System.Text.Json;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Fuzz.Strange;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>The single values that others send: times, versions, waiting times.</summary>
public class ValueFuzzTests(ITestOutputHelper output)
{
    private const int InputsPerSeed = 1000;

    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void MicroTime_AnyText_IsATimeOrAJsonException() => FuzzRun.EachSeed(output, seeds: 100, world =>
    {
        for (int i = 0; i < InputsPerSeed; i++)
        {
            string text = world.Random.OneIn(8) ? StrangeJson.Value(world.Random) : StrangeJson.Quoted(StrangeTime.Any(world.Random));
            world.Put(text);
            if (Time(text) is not { } time)
                continue;
            Assert.Equal(TimeSpan.Zero, time.Offset);
            string written = JsonSerializer.Serialize(
                new LeaseDocument().With(new LeaseRecord { RenewTime = time }), LeaseJsonContext.Default.LeaseDocument);
            Assert.Equal(time, JsonSerializer.Deserialize(written, LeaseJsonContext.Default.LeaseDocument)!.Spec!.Record.RenewTime);
            // Anything else that looks like a date means another day tomorrow, or another one in another country.
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d*)?(Z|[+-]\d\d:?\d\d)$", JsonSerializer.Deserialize<string>(text)!);
        }
    });

    [Fact]
    public void FencingToken_AnyText_IsExactlyTheNumberItShows() => FuzzRun.EachSeed(output, seeds: 100, world =>
    {
        for (int i = 0; i < InputsPerSeed; i++)
        {
            string text = world.Random.OneIn(3) ? StrangeText.Any(world.Random) : StrangeNumber.Any(world.Random);
            world.Put(text);
            bool isNumber = text.Length > 0 && text[0] != '0' && text.All(char.IsAsciiDigit)
                && BigInteger.Parse(text, CultureInfo.InvariantCulture) <= UInt128.MaxValue;
            Assert.Equal(isNumber, FencingToken.TryParse(text, out FencingToken token));
            Assert.Equal(isNumber ? text : "0", token.ToString());
        }
    });

    [Fact]
    public void RetryAfter_AnyText_IsAWaitOrNothing() => FuzzRun.EachSeed(output, seeds: 100, world =>
    {
        for (int i = 0; i < InputsPerSeed; i++)
        {
            using var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
            for (int times = world.Random.Next(1, 3); times > 0; times--)
                Add(response, "Retry-After", StrangeRetryAfter.Any(world.Random), world);
            if (world.Random.OneIn(3))
                Add(response, "Date", StrangeRetryAfter.Any(world.Random), world);
            TimeSpan? wait = TransportErrors.RetryAfter(response.Headers, Now);
            Assert.True(wait is null || wait >= TimeSpan.Zero, $"{wait}");
        }
    });

    private static void Add(HttpResponseMessage response, string name, string value, FuzzWorld world)
    {
        world.Put($"{name}: {value}");
        response.Headers.TryAddWithoutValidation(name, value);
    }

    private static DateTimeOffset? Time(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(
                Encoding.UTF8.GetBytes($$$"""{"spec":{"renewTime":{{{json}}}}}"""),
                LeaseJsonContext.Default.LeaseDocument)?.Spec?.Record.RenewTime;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
