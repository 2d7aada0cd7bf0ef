using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Time;
using LeaseElection.Testing.Logging;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests;

public sealed class PartitionLoggerTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ListLoggerProvider _logs = new();
    private readonly PartitionLogger _logger;

    public PartitionLoggerTests() => _logger = new PartitionLogger(_logs.CreateLogger("partitions"), new ElectionClock(_time));

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void Log_WhatHappensInEachTerm_IsForDebug()
    {
        _logger.Standing("shop", "orders-3", "me");
        _logger.BecameLeader("me", "shop", "orders-3", 1, "7");
        _logger.Draining("shop", "orders-3", "StepDown");
        _logger.Released("shop", "orders-3");
        _logger.Stopped("shop", "orders-3");

        Assert.Equal(5, _logs.Entries.Count);
        Assert.All(_logs.Entries, entry => Assert.Equal(LogLevel.Debug, entry.Level));
    }

    [Fact]
    public void Log_AnOutageOfAllPartitions_IsOneWarningForAllOfThem()
    {
        for (int i = 0; i < 32; i++)
            _logger.RenewalFailed("shop", $"orders-{i}", 7, "No answer.", null);
        for (int i = 0; i < 32; i++)
            _logger.LeadershipLost("shop", $"orders-{i}", "DeadlinePassed", "nobody", "look");

        Assert.Equal(["RenewalFailed", "LeadershipLost"], Warnings());
        Assert.Equal(64, _logs.Entries.Count);

        _time.Advance(PartitionLogger.Quiet);
        _logger.RenewalFailed("shop", "orders-0", 7, "No answer.", null);

        Assert.Equal(["RenewalFailed", "LeadershipLost", "RenewalFailed"], Warnings());
    }

    [Fact]
    public void Log_AnIdentityThatTwoProcessesHave_IsOneErrorForAllPartitions()
    {
        for (int i = 0; i < 32; i++)
            _logger.IdentityInUse("shop", $"orders-{i}", "me");

        Assert.Single(_logs.Entries, entry => entry.Level == LogLevel.Error);
        Assert.Equal(32, _logs.Entries.Count);
    }

    [Fact]
    public void Log_WhatOnePieceOfWorkDid_IsAlwaysTold()
    {
        _logger.WorkFaulted("Orders", "shop", "orders-3", WorkEndPolicy.Default, new InvalidOperationException());
        _logger.WorkFaulted("Orders", "shop", "orders-4", WorkEndPolicy.Default, new InvalidOperationException());
        _logger.WorkOverran(5, "shop", "orders-3", "Orders", WorkOverrunPolicy.StopHost);

        Assert.Equal([LogLevel.Error, LogLevel.Error, LogLevel.Critical], _logs.Entries.Select(entry => entry.Level));
    }

    private IEnumerable<string> Warnings() => _logs.Entries.Where(entry => entry.Level == LogLevel.Warning).Select(entry => entry.Id.Name!);
}
