using System.Globalization;
using System.Text;
using LeaseElection.Hosting.Tests.Fuzz.Strange;
using LeaseElection.Testing;
using LeaseElection.Testing.Logging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>
/// Any configuration, given to a real host: it starts with exactly what was written, or it does not start and says which option, with
/// its value, is to blame. Nothing else, and no half of it.
/// </summary>
public sealed class ConfigurationFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const int HostsPerSeed = 5;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_AnySection_StartsWithItOrNamesTheOption() =>
        await FuzzRun.EachSeedAsync(output, seeds: 60, atOnce: 1, async world =>
        {
            CultureInfo before = CultureInfo.CurrentCulture;
            try
            {
                CultureInfo.CurrentCulture = world.Random.OneIn(2) ? Foreign() : CultureInfo.InvariantCulture;
                for (int i = 0; i < HostsPerSeed; i++)
                    await StartAsync(world);
            }
            finally
            {
                CultureInfo.CurrentCulture = before;
            }
        });

    private async Task StartAsync(FuzzWorld world)
    {
        Random random = world.Random;
        string? name = random.OneIn(4) ? StrangeConfiguration.Name(random) : null;
        string section = LeaderElectionOptions.SectionName + (name is null ? "" : ":" + name);
        Dictionary<string, string?> pairs = StrangeConfiguration.Any(random, section, _folder.Path);
        world.Put(string.Join("; ", pairs.Select(pair => $"{pair.Key}={(pair.Value is null ? "(null)" : $"\"{pair.Value}\"")}")));

        HostApplicationBuilder builder =
            Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Production" });
        if (random.OneIn(2))
            builder.Configuration.AddInMemoryCollection(pairs);
        else
            builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(StrangeConfiguration.Json(pairs))));
        using var logs = new ListLoggerProvider();
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        builder.Services.AddSingleton(TestEnvironment.With());
        try
        {
            _ = name is null ? builder.Services.AddLeaderElection() : builder.Services.AddLeaderElection(name);
        }
        catch (ArgumentException refused) when (name is not null)
        {
            Assert.Contains("An election cannot be named", refused.Message, StringComparison.Ordinal);
            return;
        }

        using IHost host = builder.Build();
        try
        {
            await host.StartAsync().WaitAsync(Signal.Patience);
        }
        catch (OptionsValidationException refused)
        {
            Assert.NotEmpty(refused.Failures);
            Assert.All(refused.Failures, failure => Assert.Contains("LeaderElection", failure, StringComparison.Ordinal));
            Assert.True(refused.Message.Length < 500_000, "A message that nobody can read.");
            Assert.Empty(logs.Named("Standing"));
            return;
        }

        LeaderElectionOptions options = host.Services.GetRequiredService<IOptionsMonitor<LeaderElectionOptions>>().Get(name ?? "");
        CheckMeaning(pairs, section, options);
        await host.StopAsync().WaitAsync(Signal.Patience);
        Assert.Empty(logs.Named("LoopFailed"));
        Assert.Empty(logs.Named("StoreThrew"));
    }

    /// <summary>What was written is what holds: each value is found in the options, read by other means than the binder's.</summary>
    private static void CheckMeaning(Dictionary<string, string?> pairs, string section, LeaderElectionOptions options)
    {
        foreach ((string path, string? value) in pairs)
        {
            if (string.IsNullOrEmpty(value))
                continue;
            string key = path[(section.Length + 1)..];
            string? said = key.ToUpperInvariant() switch
            {
                "LEASENAME" => options.LeaseName,
                "LEASENAMESPACE" => options.LeaseNamespace,
                "IDENTITY" => options.Identity,
                "FILE:DIRECTORY" => options.File.Directory,
                "KUBERNETES:APISERVER" => options.Kubernetes.ApiServer,
                "KUBERNETES:TOKENFILE" => options.Kubernetes.TokenFile,
                "KUBERNETES:CERTIFICATEAUTHORITYFILE" => options.Kubernetes.CertificateAuthorityFile,
                "KUBERNETES:KUBECONFIG" => options.Kubernetes.KubeConfig,
                "KUBERNETES:CONTEXT" => options.Kubernetes.Context,
                "KUBERNETES:CONTAINERNAME" => options.Kubernetes.ContainerName,
                "KUBERNETES:TAKEOVERFROMTERMINATED" => Same(options.Kubernetes.TakeOverFromTerminated.ToString(), value),
                "LEASEDURATION" => Text(options.LeaseDuration, value),
                "RENEWDEADLINE" => Text(options.RenewDeadline, value),
                "RENEWINTERVAL" => Text(options.RenewInterval, value),
                "RETRYPERIOD" => Text(options.RetryPeriod, value),
                "STOPTIMEOUT" => Text(options.StopTimeout, value),
                "MEMBERS:LEASEDURATION" => Text(options.Members.LeaseDuration, value),
                "MEMBERS:RENEWINTERVAL" => Text(options.Members.RenewInterval, value),
                "STORE" => Same(options.Store.ToString(), value),
                "WHENWORKENDS" => Same(options.WhenWorkEnds.ToString(), value),
                "WHENWORKOVERRUNS" => Same(options.WhenWorkOverruns.ToString(), value),
                "ENABLED" => Same(options.Enabled.ToString(), value),
                "TAKEOVERBACKOFF" => Same(options.TakeOverBackoff.ToString(), value),
                "RELEASEONSTOP" => Same(options.ReleaseOnStop.ToString(), value),
                _ => $"a start although {path} is no setting",
            };
            // JSON cannot say half a character, so it says U+FFFD.
            Assert.Equal(string.Concat(value.EnumerateRunes()), string.Concat((said ?? "").EnumerateRunes()));
        }
    }

    /// <summary>Made here, for a machine may know none but the invariant one.</summary>
    private static CultureInfo Foreign()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (
            culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NegativeSign,
            culture.NumberFormat.PositiveSign) = (",", "~", "!");
        (culture.DateTimeFormat.TimeSeparator, culture.DateTimeFormat.DateSeparator) = (".", ":");
        return culture;
    }

    private static string? Text(TimeSpan? time, string value) =>
        TimeSpan.Parse(value, CultureInfo.InvariantCulture) == time ? value : time?.ToString();

    private static string Same(string said, string value) =>
        said.Equals(value.Trim(' ', '\0'), StringComparison.OrdinalIgnoreCase) ? value : said;
}
