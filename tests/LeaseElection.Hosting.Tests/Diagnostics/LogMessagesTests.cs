using LeaseElection.Hosting.Diagnostics;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

/// <summary>Event ids are part of what users rely on: alerts and filters are written by them.</summary>
public sealed class LogMessagesTests
{
    private static readonly Dictionary<string, Range> Blocks = new(StringComparer.Ordinal)
    {
        ["ElectionLog"] = 100..200,
        ["LeaseStoreLog"] = 220..230,
        ["AnnouncementLog"] = 230..240,
        ["FileStoreLog"] = 250..300,
        ["WorkLog"] = 300..400,
        ["ConfigurationLog"] = 400..500,
    };

    private static readonly IReadOnlyList<(Type Type, LoggerMessageAttribute Message)> Messages = LogMessages.All;

    [Fact]
    public void Ids_AreUnique()
    {
        Assert.NotEmpty(Messages);
        Assert.Empty(Messages.GroupBy(message => message.Message.EventId).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    [Fact]
    public void Ids_AreWithinTheBlockOfTheirClass()
    {
        Assert.All(Messages, message =>
        {
            if (Blocks.TryGetValue(message.Type.Name, out Range block))
                Assert.InRange(message.Message.EventId, block.Start.Value, block.End.Value - 1);
        });
    }

    [Fact]
    public void Names_AreGivenAndUniqueWithinAClass()
    {
        Assert.All(Messages, message => Assert.False(string.IsNullOrEmpty(message.Message.EventName)));
        Assert.Empty(
            Messages.GroupBy(
                message => (message.Type, message.Message.EventName)).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    [Theory]
    [InlineData("BecameLeader", LogLevel.Information)]
    [InlineData("HolderChanged", LogLevel.Information)]
    [InlineData("Released", LogLevel.Information)]
    [InlineData("Draining", LogLevel.Information)]
    [InlineData("Renewed", LogLevel.Debug)]
    [InlineData("RenewalFailed", LogLevel.Warning)]
    [InlineData("RenewalFailedAgain", LogLevel.Debug)]
    [InlineData("StoreFailed", LogLevel.Warning)]
    [InlineData("StoreFailedAgain", LogLevel.Debug)]
    [InlineData("LeadershipLost", LogLevel.Warning)]
    [InlineData("WorkFaulted", LogLevel.Error)]
    [InlineData("WorkOverran", LogLevel.Critical)]
    public void Levels_TransitionsAreInformationAndTheSteadyStateIsDebug(string name, LogLevel level)
    {
        Assert.Equal(level, Assert.Single(Messages, message => message.Message.EventName == name).Message.Level);
    }

    /// <summary>What a query of a log store filters by. Left out is what concerns no lease: a connection, a setting, a host.</summary>
    [Fact]
    public void WhereALeaseIsConcerned_ItsNamespaceAndNameAreValuesOfTheirOwn()
    {
        var concerned = Messages
            .Where(message => message.Type.Name is not ("KubernetesStoreLog" or "ConfigurationLog" or "RescueLog"))
            .Where(message => message.Message.EventName is not ("NothingToAnnounceTo" or "NotBegun" or "GroupPollsInsteadOfWatching"))
            .ToList();
        Assert.True(concerned.Count > 45, $"only {concerned.Count}");
        Assert.All(
            concerned, message => Assert.Contains("{LeaseNamespace}/{LeaseName}", message.Message.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(Messages, message => message.Message.Message.Contains("{Lease}", StringComparison.Ordinal));
    }

    [Fact]
    public void WhoHolds_IsCalledTheSameEverywhere()
    {
        Assert.DoesNotContain(Messages, message => message.Message.Message.Contains("{Holder}", StringComparison.Ordinal));
        Assert.Equal(
            ["Standing", "FixedIdentity"], // Of somebody who does not hold.
            Messages.Where(message => message.Message.Message.Contains("{Identity}", StringComparison.Ordinal))
                .Select(message => message.Message.EventName));
    }

    [Fact]
    public void BecameLeader_IsTextForPeopleAndValuesForQueries()
    {
        var logger = new ValueLogger();
        logger.BecameLeader("me", "shop", "settlement", 3, "42");
        Assert.Equal("me became leader of lease shop/settlement (transition 3, fencing token 42)", logger.Text);
        Assert.Equal(
            ("shop", "settlement", "me"), (logger.Values["LeaseNamespace"], logger.Values["LeaseName"], logger.Values["HolderIdentity"]));
    }

    [Fact]
    public void Disabled_HintsAtTheReplicas() =>
        Assert.Contains(Messages, message => message.Type == typeof(ConfigurationLog) && message.Message.EventName == "Disabled");

    private sealed class ValueLogger : ILogger
    {
        public string Text { get; private set; } = "";

        public Dictionary<string, object?> Values { get; } = new(StringComparer.Ordinal);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Text = formatter(state, exception);
            foreach ((string name, object? value) in (IReadOnlyList<KeyValuePair<string, object?>>)state!)
                Values[name] = value;
        }
    }
}
