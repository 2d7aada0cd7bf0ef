using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests;

public class LeaseClaimsTests
{
    private static readonly LeaderElectionRegistration Settlement = new("", Section: null), Reports = new("reports", Section: null);

    [Fact]
    public void Claim_LeasesOfTheirOwn_Pass()
    {
        var claims = new LeaseClaims();

        claims.Claim(Settlement, "lease shop/settlement at https://10.0.0.1");
        claims.Claim(Settlement, "lease shop/settlement at https://10.0.0.1");
        claims.Claim(Reports, "lease shop/settlement at https://10.0.0.2");
    }

    [Fact]
    public void Claim_TheSameLease_IsRefusedAndBothAreNamed()
    {
        var claims = new LeaseClaims();
        claims.Claim(Settlement, "lease shop/settlement at https://10.0.0.1");

        var exception = Assert.Throws<LeaseStoreConfigurationException>(
            () => claims.Claim(Reports, "lease shop/settlement at https://10.0.0.1"));

        Assert.Equal(
            "LeaderElection:LeaseName and LeaderElection:reports:LeaseName name the same "
                + "lease (lease shop/settlement at https://10.0.0.1), "
            + "but each election needs its own: change one of them.",
            exception.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Claim_TheLeaseOfAPartitionOfAnother_IsRefusedWhicheverComesFirst(bool partitionFirst)
    {
        const string lease = "lease shop/orders-3 at https://10.0.0.1";
        var claims = new LeaseClaims();
        Action partition = () => claims.ClaimPartition(Settlement, lease), own = () => claims.Claim(Reports, lease);
        (Action first, Action second) = partitionFirst ? (partition, own) : (own, partition);
        first();

        var exception = Assert.Throws<LeaseStoreConfigurationException>(second);

        string[] names = ["A partition of LeaderElection:LeaseName", "LeaderElection:reports:LeaseName"];
        Assert.Equal(
            $"{names[partitionFirst ? 0 : 1]} and {names[partitionFirst ? 1 : 0]} name the same lease ({lease}), but each election, and "
                + $"each "
            + "partition of one, needs its own: change one of the names.",
            exception.Message);
    }
}
