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
            "LeaderElection:LeaseName and LeaderElection:reports:LeaseName name the same lease (lease shop/settlement at https://10.0.0.1), "
            + "but each election needs its own: change one of them.",
            exception.Message);
    }
}
