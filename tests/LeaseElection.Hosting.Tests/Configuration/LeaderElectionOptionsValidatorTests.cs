using LeaseElection.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Tests;

public class LeaderElectionOptionsValidatorTests
{
    public static TheoryData<string, Action<LeaderElectionOptions>, string> Rules { get; } = new()
    {
        {
            "days", o => o.LeaseDuration = TimeSpan.FromDays(15),
            "LeaderElection:LeaseDuration is 15.00:00:00, but must be whole seconds from 00:00:01 to 01:00:00: "
            + "that is 15 days; for 15 seconds write \"00:00:15\"."
        },
        {
            "one day", o => o.LeaseDuration = TimeSpan.FromDays(1),
            "LeaderElection:LeaseDuration is 1.00:00:00, but must be whole seconds from 00:00:01 to 01:00:00: "
            + "that is 1 day; for 1 second write \"00:00:01\"."
        },
        {
            "more days than a minute has seconds", o => o.LeaseDuration = TimeSpan.FromDays(90),
            "LeaderElection:LeaseDuration is 90.00:00:00, but must be whole seconds from 00:00:01 to 01:00:00: "
            + "that is 90 days; for 90 seconds write \"00:01:30\"."
        },
        {
            "too long", o => o.LeaseDuration = new TimeSpan(1, 0, 1),
            "LeaderElection:LeaseDuration is 01:00:01, but must be whole seconds from 00:00:01 to 01:00:00: write \"01:00:00\"."
        },
        {
            "token in the place of its file", o => o.Kubernetes.TokenFile = "eyJhbGciOi.eyJhdWQi.c2lnbmF0dXJl",
            "LeaderElection:Kubernetes:TokenFile is a token, but must be the path of a file that holds one: "
            + "mount the Secret as a volume, and name the file."
        },
        {
            "fraction", o => o.LeaseDuration = TimeSpan.FromSeconds(14.5),
            "LeaderElection:LeaseDuration is 00:00:14.5, but must be whole seconds from 00:00:01 to 01:00:00: write \"00:00:15\"."
        },
        {
            "negative", o => o.LeaseDuration = TimeSpan.FromSeconds(-1),
            "LeaderElection:LeaseDuration is -00:00:01, but must be whole seconds from 00:00:01 to 01:00:00: write \"00:00:01\"."
        },
        {
            "lease shorter than the default deadline", o => o.LeaseDuration = TimeSpan.FromSeconds(5),
            "LeaderElection:RenewDeadline is 00:00:10, but must be at least 00:00:00.2 and less than LeaseDuration (00:00:05): "
            + "write \"00:00:03.3\"."
        },
        {
            "deadline equal to the lease", o => o.RenewDeadline = TimeSpan.FromSeconds(15),
            "LeaderElection:RenewDeadline is 00:00:15, but must be at least 00:00:00.2 and less than LeaseDuration (00:00:15): "
            + "write \"00:00:10\"."
        },
        {
            "deadline in minutes", o => o.RenewDeadline = TimeSpan.FromMinutes(10),
            "LeaderElection:RenewDeadline is 00:10:00, but must be at least 00:00:00.2 and less than LeaseDuration (00:00:15): "
            + "write \"00:00:10\"."
        },
        {
            "no deadline", o => o.RenewDeadline = TimeSpan.Zero,
            "LeaderElection:RenewDeadline is 00:00:00, but must be at least 00:00:00.2 and less than LeaseDuration (00:00:15): "
            + "write \"00:00:10\"."
        },
        {
            "member's lease in days", o => o.Members.LeaseDuration = TimeSpan.FromDays(40),
            "LeaderElection:Members:LeaseDuration is 40.00:00:00, but must be whole seconds from 00:00:01 to 01:00:00: "
            + "that is 40 days; for 40 seconds write \"00:00:40\"."
        },
        {
            "member that renews too late", o => o.Members.RenewInterval = TimeSpan.FromSeconds(20),
            "LeaderElection:Members:RenewInterval is 00:00:20, but must be at least "
                + "00:00:00.1 and at most a third of Members:LeaseDuration "
            + "(00:00:13.3333333), so that one failed attempt makes nobody think that this process is gone: write \"00:00:10\"."
        },
        {
            "member that never rests", o => o.Members.RenewInterval = TimeSpan.Zero,
            "LeaderElection:Members:RenewInterval is 00:00:00, but must be at least "
                + "00:00:00.1 and at most a third of Members:LeaseDuration "
            + "(00:00:13.3333333), so that one failed attempt makes nobody think that this process is gone: write \"00:00:10\"."
        },
        {
            "interval too short", o => o.RenewInterval = TimeSpan.FromMilliseconds(99),
            "LeaderElection:RenewInterval is 00:00:00.099, but must be at least 00:00:00.1 and at most half of RenewDeadline (00:00:05), "
            + "so that two attempts fit: write \"00:00:03\"."
        },
        {
            "interval too long", o => o.RenewInterval = TimeSpan.FromSeconds(5.5),
            "LeaderElection:RenewInterval is 00:00:05.5, but must be at least 00:00:00.1 and at most half of RenewDeadline (00:00:05), "
            + "so that two attempts fit: write \"00:00:03\"."
        },
        {
            "no retry period", o => o.RetryPeriod = TimeSpan.Zero,
            "LeaderElection:RetryPeriod is 00:00:00, but must be longer than zero and at most RenewDeadline (00:00:10): write \"00:00:02\"."
        },
        {
            "retry period beyond the deadline",
            o => (o.LeaseDuration, o.RenewDeadline) = (TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1)),
            "LeaderElection:RetryPeriod is 00:00:02, but must be longer than zero and at most RenewDeadline (00:00:01): write \"00:00:01\"."
        },
        {
            "no time to stop", o => o.StopTimeout = TimeSpan.Zero,
            "LeaderElection:StopTimeout is 00:00:00, but must be longer than zero and at most LeaseDuration - RenewDeadline (00:00:05), "
            + "after which another process may lead: write \"00:00:05\", or make LeaseDuration longer."
        },
        {
            "too much time to stop", o => o.StopTimeout = TimeSpan.FromSeconds(30),
            "LeaderElection:StopTimeout is 00:00:30, but must be longer than zero and at most LeaseDuration - RenewDeadline (00:00:05), "
            + "after which another process may lead: write \"00:00:05\", or make LeaseDuration longer."
        },
        {
            "lease name", o => o.LeaseName = "Nightly_Settlement",
            "LeaderElection:LeaseName is \"Nightly_Settlement\", but must be a lower-case RFC 1123 subdomain (a-z, 0-9, '-', '.') of at "
            + "most 253 characters: write for example \"nightly-settlement\"."
        },
        {
            "lease namespace", o => o.LeaseNamespace = "team.shop",
            "LeaderElection:LeaseNamespace is \"team.shop\", but must be a lower-case RFC 1123 label (a-z, 0-9, '-') of at most 63 "
            + "characters: write for example \"team-shop\"."
        },
        {
            "identity", o => o.Identity = " ",
            "LeaderElection:Identity is \" \", but must be a name that no other process has: leave it unset for the default."
        },
        {
            "WhenWorkEnds", o => o.WhenWorkEnds = (WorkEndPolicy)7,
            "LeaderElection:WhenWorkEnds is 7, but must be one of Default, StepDown, Restart, StopHost, Stay: write \"Default\", the "
                + "default."
        },
        {
            "WhenWorkOverruns", o => o.WhenWorkOverruns = (WorkOverrunPolicy)(-1),
            "LeaderElection:WhenWorkOverruns is -1, but must be one of StopHost, FailFast, Log: write \"StopHost\", the default."
        },
        {
            "Store", o => o.Store = (LeaseStoreKind)3,
            "LeaderElection:Store is 3, but must be one of Auto, Kubernetes, File: write \"Auto\", the default."
        },
        {
            "relative directory", o => o.File.Directory = "leases",
            "LeaderElection:File:Directory is \"leases\", but must be an absolute path, the same for all processes: "
            + $"write for example \"{Path.GetFullPath("leases")}\"."
        },
        {
            "no lease name", o => o.LeaseName = null,
            """
            LeaderElection:LeaseName is not set, but every replica must be told the one lease they compete for: set the environment variable LeaderElection__LeaseName, or write in appsettings.json
              "LeaderElection": {
                "LeaseName": "my-service"
              }
            """
        },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Validate_OneRuleBroken_NamesOptionValueRuleAndFix(string rule, Action<LeaderElectionOptions> breakRule, string expected)
    {
        Assert.NotEmpty(rule);
        var options = new LeaderElectionOptions { LeaseName = "settlement" };
        breakRule(options);

        Assert.Equal([expected], Validate(options));
    }

    /// <summary>A limit that nobody has set is not told as if somebody had: it would contradict the advice before it.</summary>
    [Fact]
    public void Validate_ValuesMeasuredAgainstAWrongOne_AreToldTheRuleWithoutIt() => Assert.Equal(
        [
            "LeaderElection:RenewDeadline is 00:00:10, but must be at least 00:00:00.2 and less than LeaseDuration (00:00:05): write "
                + "\"00:00:03.3\".",
            "LeaderElection:RenewInterval is 00:00:04, but must be at least 00:00:00.1 and at most half of RenewDeadline, so that two "
                + "attempts fit: write \"00:00:01\".",
            "LeaderElection:RetryPeriod is 00:01:00, but must be longer than zero and at most RenewDeadline: write \"00:00:02\".",
            "LeaderElection:StopTimeout is 00:00:06, but must be longer than zero and at most LeaseDuration - RenewDeadline, after "
                + "which another process may lead: write \"00:00:01.7\", or make LeaseDuration longer.",
        ],
        Validate(new LeaderElectionOptions
        {
            LeaseName = "settlement",
            LeaseDuration = TimeSpan.FromSeconds(5),
            RenewDeadline = TimeSpan.FromSeconds(10),
            RenewInterval = TimeSpan.FromSeconds(4),
            RetryPeriod = TimeSpan.FromMinutes(1),
            StopTimeout = TimeSpan.FromSeconds(6),
        }));

    [Fact]
    public void Validate_LeaseNameAlone_IsEnough() => Assert.Empty(Validate(new LeaderElectionOptions { LeaseName = "settlement" }));

    [Theory]
    [InlineData(1, 0.9, 0.5)] // the shortest lease
    [InlineData(60, 40, 10)]
    [InlineData(137, 107, 26)] // OpenShift
    [InlineData(270, 240, 60)] // OpenShift on a single node
    [InlineData(3600, 3599, 2)] // the longest
    public void Validate_PresetsOfOthers_AreLegal(double lease, double deadline, double retry)
    {
        var options = new LeaderElectionOptions
        {
            LeaseName = "settlement",
            LeaseDuration = TimeSpan.FromSeconds(lease),
            RenewDeadline = TimeSpan.FromSeconds(deadline),
            RetryPeriod = TimeSpan.FromSeconds(retry),
        };

        Assert.Empty(Validate(options));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("0-1.example")]
    [InlineData("x.y.z")]
    public void Validate_LegalLeaseName_Passes(string name) => Assert.Empty(Validate(new LeaderElectionOptions { LeaseName = name }));

    [Theory]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a\n")]
    [InlineData("é")]
    [InlineData("a/b")]
    public void Validate_IllegalLeaseName_IsRefused(string name) => Assert.Single(Validate(new LeaderElectionOptions { LeaseName = name }));

    [Theory]
    [InlineData(253, 63, 0)]
    [InlineData(254, 63, 1)]
    [InlineData(253, 64, 1)]
    public void Validate_NamesOfGreatLength_AreRefusedBeyondTheBound(int nameLength, int namespaceLength, int failures)
    {
        var options =
            new LeaderElectionOptions { LeaseName = new string('a', nameLength), LeaseNamespace = new string('b', namespaceLength) };

        Assert.Equal(failures, Validate(options).Length);
    }

    [Fact]
    public void Validate_EverythingWrong_TellsEverythingAtOnce()
    {
        var options = new LeaderElectionOptions
        {
            LeaseNamespace = "A B",
            Identity = "",
            LeaseDuration = TimeSpan.FromDays(15),
            RenewDeadline = TimeSpan.FromDays(10),
            RenewInterval = TimeSpan.FromDays(3),
            RetryPeriod = TimeSpan.FromDays(2),
            StopTimeout = TimeSpan.FromDays(5),
            Store = (LeaseStoreKind)9,
        };

        string[] failures = Validate(options);

        Assert.Equal(
            [
                "LeaseNamespace", "Identity", "LeaseDuration", "RenewDeadline", "RenewInterval", "RetryPeriod", "StopTimeout", "Store",
                "LeaseName",
            ],
            failures.Select(failure => failure.Split(':', ' ')[1]));
        Assert.All(failures[2..7], failure => Assert.Contains(" seconds write \"00:00:", failure, StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_ExtremeDurations_DoesNotOverflow()
    {
        var options = new LeaderElectionOptions
        {
            LeaseName = "settlement",
            LeaseDuration = TimeSpan.MaxValue,
            RenewDeadline = TimeSpan.MinValue,
            StopTimeout = TimeSpan.MaxValue,
        };

        Assert.Equal(3, Validate(options).Length);
    }

    [Fact]
    public void Validate_Disabled_NeedsNoLeaseName() => Assert.Empty(Validate(new LeaderElectionOptions { Enabled = false }));

    [Fact]
    public void Validate_NamedElection_NamesItsOwnKeyAndSection()
    {
        string[] failures = Validate(
            new LeaderElectionOptions { RetryPeriod = TimeSpan.Zero }, new LeaderElectionRegistration("reports", Section: null));

        Assert.StartsWith("LeaderElection:reports:RetryPeriod is 00:00:00,", failures[0], StringComparison.Ordinal);
        Assert.Equal(
            """
            LeaderElection:reports:LeaseName is not set, but every replica must be told the one lease they compete for (LeaderElection:LeaseName is not for named elections: each needs a lease of its own): set the environment variable LeaderElection__reports__LeaseName, or write in appsettings.json
              "LeaderElection": { "reports": {
                "LeaseName": "my-service"
              } }
            """,
            failures[1]);
    }

    [Fact]
    public void Validate_SectionOfItsOwn_NamesThatSection()
    {
        IConfiguration configuration = new ConfigurationBuilder().Build();

        string[] failures = Validate(
            new LeaderElectionOptions { LeaseName = "settlement", RetryPeriod = TimeSpan.Zero },
            new LeaderElectionRegistration("", configuration.GetSection("Shop:Election")));

        Assert.StartsWith("Shop:Election:RetryPeriod is", Assert.Single(failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_OptionsOfNoElection_AreNoConcern()
    {
        var validator = new LeaderElectionOptionsValidator([new LeaderElectionRegistration("reports", Section: null)], []);

        Assert.True(validator.Validate(Options.DefaultName, new LeaderElectionOptions()).Skipped);
    }

    private static string[] Validate(LeaderElectionOptions options, LeaderElectionRegistration? registration = null)
    {
        registration ??= new LeaderElectionRegistration(Options.DefaultName, Section: null);
        return [.. new LeaderElectionOptionsValidator([registration], []).Validate(registration.Name, options).Failures ?? []];
    }
}
