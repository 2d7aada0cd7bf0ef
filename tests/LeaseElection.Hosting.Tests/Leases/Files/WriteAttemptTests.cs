using LeaseElection.Hosting.Leases.Files;

namespace LeaseElection.Hosting.Tests.Leases.Files;

public sealed class WriteAttemptTests
{
    [Fact]
    public void TryCommit_Abandoned_Refused()
    {
        WriteAttempt attempt = new();

        Assert.True(attempt.TryAbandon());
        Assert.False(attempt.TryCommit());
    }

    [Fact]
    public void TryAbandon_Committing_TooLate()
    {
        WriteAttempt attempt = new();

        Assert.True(attempt.TryCommit());
        Assert.False(attempt.TryAbandon());
    }
}
