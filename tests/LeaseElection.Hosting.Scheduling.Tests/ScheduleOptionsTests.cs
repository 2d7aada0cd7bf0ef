using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting.Scheduling;

/// <summary>What a user sees who has written something that is no schedule: the name, the value, the rule and the way out.</summary>
public sealed class ScheduleOptionsTests
{
    public static TheoryData<string, string, string> BadSettings => new()
    {
        {
            "Cron", "0 3 * *",
            "ScheduledWork:CloseTheBooks:Cron is \"0 3 * *\", which is no cron expression: it has 4 fields, "
                + "but must have 5 (minute, hour, day of month, "
            + "month, day of week), or 6 with the second before them."
        },
        { "Cron", "0 0 30 2 *", "ScheduledWork:CloseTheBooks:Cron is \"0 0 30 2 *\", which is never due: correct the day or the month." },
        {
            "TimeZone", "Europe/Zuerich",
            "ScheduledWork:CloseTheBooks:TimeZone is \"Europe/Zuerich\", which this machine does "
                + "not know: write a name such as Europe/Zurich or UTC, "
            + "and see that the container has time zones (the package tzdata)."
        },
        { "Missed", "Always", "ScheduledWork:CloseTheBooks:Missed is \"Always\", but must be one of RunOnce, Skip, RunAll." },
        { "Missed", "1", "ScheduledWork:CloseTheBooks:Missed is \"1\", but must be one of RunOnce, Skip, RunAll." },
        { "Delivery", "Exactly", "ScheduledWork:CloseTheBooks:Delivery is \"Exactly\", but must be one of AtMostOnce, AtLeastOnce." },
        {
            "StartingDeadline", "15",
            "ScheduledWork:CloseTheBooks:StartingDeadline is \"15\", but must be hours:minutes:seconds, for example \"00:00:10\"."
        },
        {
            "StartingDeadline", "-00:00:01",
            "ScheduledWork:CloseTheBooks:StartingDeadline is -00:00:01, but must be 00:00:00 to 1.00:00:00: write hours:minutes:seconds."
        },
        {
            "MaxMissedRuns", "0",
            "ScheduledWork:CloseTheBooks:MaxMissedRuns is 0, but must be 1 to 10000: for none choose Missed Skip, for one RunOnce."
        },
        { "MaxMissedRuns", "many", "ScheduledWork:CloseTheBooks:MaxMissedRuns is \"many\", but must be a whole number." },
        { "TimeZon", "UTC", "ScheduledWork:CloseTheBooks:TimeZon is not a known setting: did you mean TimeZone?" },
    };

    [Theory]
    [MemberData(nameof(BadSettings))]
    public void BadSetting_IsRefusedAtStart(string key, string value, string message) =>
        Assert.Contains(message, Failures(election => election.AddScheduledWork<CloseTheBooks>(), (key, value), ("Cron", "0 3 * * *")));

    [Fact]
    public void OutOfRange_SaysWhichField()
    {
        string message = Assert.Single(Failures(election => election.AddScheduledWork<CloseTheBooks>("0 25 * * *")));

        Assert.StartsWith(
            "ScheduledWork:CloseTheBooks:Cron is \"0 25 * * *\", which is no cron expression: ", message, StringComparison.Ordinal);
        Assert.Contains("between 0 and 23", message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoCron_IsRefused() => Assert.Equal(
        ["ScheduledWork:CloseTheBooks:Cron is missing: say when CloseTheBooks is due, for example \"0 3 * * *\" for three o'clock every "
            + "night."],
        Failures(election => election.AddScheduledWork<CloseTheBooks>()));

    [Fact]
    public void CronOfCodeAndConfiguration_Different_IsRefused() => Assert.Equal(
        ["ScheduledWork:CloseTheBooks:Cron is \"0 4 * * *\", but the code says \"0 3 * * *\": remove one of them."],
        Failures(election => election.AddScheduledWork<CloseTheBooks>("0 3 * * *"), ("Cron", "0 4 * * *")));

    [Fact]
    public void SkipAndAtLeastOnce_IsRefused() => Assert.Equal(
        [
            "ScheduledWork:CloseTheBooks:Missed is Skip, but Delivery is AtLeastOnce, which repeats what "
                + "was interrupted, however late: choose RunOnce "
            + "or RunAll, or AtMostOnce.",
        ],
        Failures(election => election.AddScheduledWork<CloseTheBooks>("0 3 * * *", schedule =>
        {
            schedule.Missed = MissedRuns.Skip;
            schedule.Delivery = Delivery.AtLeastOnce;
        })));

    /// <summary>No run begins at the very instant that it is due, so none ever would.</summary>
    [Fact]
    public void SkipWithoutTimeToBegin_IsRefused() => Assert.Equal(
        [
            "ScheduledWork:CloseTheBooks:StartingDeadline is 00:00:00, but with Missed Skip must be at least 00:00:01, because no run "
                + "begins at the very instant that it is due: it would be left out."
        ],
        Failures(election => election.AddScheduledWork<CloseTheBooks>("0 3 * * *", schedule =>
            (schedule.Missed, schedule.StartingDeadline) = (MissedRuns.Skip, TimeSpan.Zero))));

    [Fact]
    public void SectionOfNobody_IsRefused() => Assert.Equal(
        ["ScheduledWork:CloseBooks belongs to no schedule; did you mean CloseTheBooks? Correct the name, or remove the section."],
        Failures(
            new Dictionary<string, string?> { ["ScheduledWork:CloseBooks:TimeZone"] = "UTC" },
            election => election.AddScheduledWork<CloseTheBooks>("0 3 * * *")));

    [Fact]
    public void Settings_AreRead_AndCodeWins()
    {
        ScheduleOptions options = Options(
            election => election.AddScheduledWork<CloseTheBooks>("0 3 * * *", schedule => schedule.MaxMissedRuns = 7),
            ("TimeZone", "Europe/Zurich"), ("Missed", "runall"), ("Delivery", "AtLeastOnce"), ("StartingDeadline", "00:01:00"),
            ("MaxMissedRuns", "9"));

        Assert.Equal(
            ("0 3 * * *", "Europe/Zurich", MissedRuns.RunAll, Delivery.AtLeastOnce, TimeSpan.FromMinutes(1), 7),
            (options.Cron, options.TimeZone, options.Missed, options.Delivery, options.StartingDeadline, options.MaxMissedRuns));
    }

    [Fact]
    public void Settings_AreAllPropertiesOfTheOptions() => Assert.Equal(
        typeof(ScheduleOptions).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal),
        ScheduleSetting.All.Select(setting => setting.Key).Order(StringComparer.Ordinal));

    [Fact]
    public void SameWorkTwice_IsOneSchedule()
    {
        IServiceCollection services = new ServiceCollection();
        LeaderElectionBuilder election = services.AddLeaderElection();
        election.AddScheduledWork<CloseTheBooks>("0 3 * * *");
        election.AddScheduledWork<CloseTheBooks>("0 3 * * *");

        Assert.Single(services, service => service.ServiceType == typeof(ScheduleRegistration));
    }

    /// <summary>As when AddLeaderElection is called twice.</summary>
    [Theory]
    [InlineData("CloseTheBooks")]
    [InlineData("closethebooks")]
    public void SameWorkTwice_EachSetsOptions_AndTheLaterWins(string name)
    {
        ScheduleOptions options = Options(
            election => election
                .AddScheduledWork<CloseTheBooks>(
                    "0 3 * * *", schedule => (schedule.TimeZone, schedule.MaxMissedRuns) = ("Europe/Zurich", 7))
                .AddScheduledWork<CloseTheBooks>(
                    name, "0 3 * * *", schedule => (schedule.Delivery, schedule.MaxMissedRuns) = (Delivery.AtLeastOnce, 8)),
            ("MaxMissedRuns", "9"));

        Assert.Equal(
            ("0 3 * * *", "Europe/Zurich", Delivery.AtLeastOnce, 8),
            (options.Cron, options.TimeZone, options.Delivery, options.MaxMissedRuns));
    }

    [Fact]
    public void SameNameTwice_IsRefused()
    {
        LeaderElectionBuilder election = new ServiceCollection().AddLeaderElection();
        election.AddScheduledWork<CloseTheBooks>("0 3 * * *");

        var refusal = Assert.Throws<InvalidOperationException>(() => election.AddScheduledWork<CloseTheBooks>("0 4 * * *"));
        Assert.Equal(
            "There is a schedule named CloseTheBooks already: its runs are noted on the lease by that "
                + "name, so each needs its own. Give one of them "
            + "another: AddScheduledWork(\"another-name\", \"0 4 * * *\", ...).",
            refusal.Message);
    }

    [Fact]
    public void MoreThanALeaseHasRoomFor_IsRefused()
    {
        LeaderElectionBuilder election = new ServiceCollection().AddLeaderElection();
        for (int i = 0; i < 100; i++)
            election.AddScheduledWork<CloseTheBooks>($"books-{i}", "0 3 * * *");

        var refusal = Assert.Throws<InvalidOperationException>(() => election.AddScheduledWork<CloseTheBooks>("books-100", "0 3 * * *"));
        Assert.Equal(
            "books-100 would be one schedule too many: 100 of them have room for their notes on a lease. "
                + "Add it to another election of this host: "
            + "services.AddLeaderElection(\"another-name\").AddScheduledWork(...).",
            refusal.Message);
        election.Services.AddLeaderElection("another-name").AddScheduledWork<CloseTheBooks>("books-100", "0 3 * * *");
    }

    [Theory]
    [InlineData("")]
    [InlineData("close the books")]
    [InlineData("-books")]
    [InlineData("close__books")]
    [InlineData("a-name-that-is-far-too-long-for-the-key-of-an-annotation")]
    public void BadName_IsRefused(string name)
    {
        LeaderElectionBuilder election = new ServiceCollection().AddLeaderElection();

        var refusal = Assert.Throws<ArgumentException>(() => election.AddScheduledWork<CloseTheBooks>(name, "0 3 * * *"));
        Assert.StartsWith(
            $"A schedule cannot be named \"{name}\": the name is part of the key of an annotation, so "
                + $"it must have 1 to 54 letters, digits, '-', '_' and "
            + "'.', the first and the last of them a letter or a digit.",
            refusal.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*/5 * * * *", "every-x.5-x-x-x-x")]
    [InlineData("@hourly", "every-_hourly")]
    [InlineData("0 0,12 1 JAN-MAR *", "every-0-0_12-1-JAN-MAR-x")]
    [InlineData("0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20 * * * *", "every-0_1_2_3_4_5_6_7_8_9_10_11_12_13_14_15_16_17_18_1")]
    public void NameOfADelegate_IsItsExpression(string cron, string name)
    {
        Assert.Equal(name, ScheduleName.Of(cron));
        Assert.True(ScheduleName.IsValid(name));
    }

    private static IReadOnlyCollection<string> Failures(Action<LeaderElectionBuilder> add, params (string Key, string Value)[] settings) =>
        Failures(Section(settings), add);

    private static IReadOnlyCollection<string> Failures(Dictionary<string, string?> settings, Action<LeaderElectionBuilder> add) =>
        [.. Assert.Throws<OptionsValidationException>(() => Options(settings, add)).Failures];

    private static ScheduleOptions Options(Action<LeaderElectionBuilder> add, params (string Key, string Value)[] settings) =>
        Options(Section(settings), add);

    private static Dictionary<string, string?> Section((string Key, string Value)[] settings)
    {
        Dictionary<string, string?> section = [];
        foreach ((string key, string value) in settings)
            section.TryAdd($"ScheduledWork:CloseTheBooks:{key}", value);
        return section;
    }

    private static ScheduleOptions Options(Dictionary<string, string?> settings, Action<LeaderElectionBuilder> add)
    {
        IServiceCollection services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        add(services.AddLeaderElection());
        using ServiceProvider provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptionsMonitor<ScheduleOptions>>().Get("CloseTheBooks");
    }

    private sealed class CloseTheBooks : IScheduledWork
    {
        public Task ExecuteAsync(ScheduledRun run, CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
