namespace LeaseElection.Hosting.Tests;

public class LeaderWorkTypeTests
{
    private interface IWarmWork : ILeaderWork
    {
        Task ILeaderWork.PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Fact]
    public void PreparesItself_WhateverTheFormOfTheMethod_IsSeen_AndNoConstructorRuns()
    {
        Assert.False(LeaderWorkType.PreparesItself<Cold>());
        Assert.True(LeaderWorkType.PreparesItself<Warm>());
        Assert.True(LeaderWorkType.PreparesItself<Heir>());
        Assert.True(LeaderWorkType.PreparesItself<Explicit>());
        Assert.True(LeaderWorkType.PreparesItself<ByInterface>());
        Assert.True(LeaderWorkType.PreparesItself<Generic<string>>());
    }

    [Fact]
    public void PreparesItself_AbstractType_IsNotKnown() => Assert.False(LeaderWorkType.PreparesItself<Abstract>());

    private class Cold : ILeaderWork
    {
        public Cold() => throw new InvalidOperationException("A standby has made work that has nothing to prepare.");

        public Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken) => Task.CompletedTask;
    }

    private class Warm : Cold, ILeaderWork
    {
        public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Heir : Warm;

    private sealed class Explicit : Cold, ILeaderWork
    {
        Task ILeaderWork.PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class ByInterface : Cold, IWarmWork;

    private sealed class Generic<T> : Cold, ILeaderWork
    {
        public Task PrepareAsync(CancellationToken cancellationToken) => Task.FromResult(default(T));
    }

    private abstract class Abstract : Warm;
}
