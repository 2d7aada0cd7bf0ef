using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace LeaseElection.Hosting.Tests;

public class LeaderElectionConfigurationTests
{
    [Fact]
    public void Get_EveryKeyInJson_SetsEveryOption()
    {
        LeaderElectionOptions options = BoundOptions.FromJson(
            """
            {
              "LeaderElection": {
                "LeaseName": "settlement",
                "LeaseNamespace": "shop",
                "Identity": "me",
                "LeaseDuration": "00:01:00",
                "RenewDeadline": "00:00:40",
                "RenewInterval": "00:00:08.5",
                "RetryPeriod": "00:00:10",
                "StopTimeout": "00:00:19",
                "ReleaseOnStop": false,
                "WhenWorkEnds": "Restart",
                "WhenWorkOverruns": "failfast",
                "Store": "Kubernetes",
                "Enabled": "False",
                "Kubernetes": {
                  "ApiServer": "https://10.0.0.1:6443",
                  "TokenFile": "/token",
                  "CertificateAuthorityFile": "/ca.crt",
                  "KubeConfig": "/kubeconfig",
                  "Context": "prod"
                },
                "File": { "Directory": "/leases" }
              }
            }
            """).Add().Get();

        Assert.Equal("settlement", options.LeaseName);
        Assert.Equal("shop", options.LeaseNamespace);
        Assert.Equal("me", options.Identity);
        Assert.Equal(TimeSpan.FromSeconds(60), options.LeaseDuration);
        Assert.Equal(TimeSpan.FromSeconds(40), options.RenewDeadline);
        Assert.Equal(TimeSpan.FromSeconds(8.5), options.RenewInterval);
        Assert.Equal(TimeSpan.FromSeconds(10), options.RetryPeriod);
        Assert.Equal(TimeSpan.FromSeconds(19), options.StopTimeout);
        Assert.False(options.ReleaseOnStop);
        Assert.Equal(WorkEndPolicy.Restart, options.WhenWorkEnds);
        Assert.Equal(WorkOverrunPolicy.FailFast, options.WhenWorkOverruns);
        Assert.Equal(LeaseStoreKind.Kubernetes, options.Store);
        Assert.False(options.Enabled);
        Assert.Equal("https://10.0.0.1:6443", options.Kubernetes.ApiServer);
        Assert.Equal("/token", options.Kubernetes.TokenFile);
        Assert.Equal("/ca.crt", options.Kubernetes.CertificateAuthorityFile);
        Assert.Equal("/kubeconfig", options.Kubernetes.KubeConfig);
        Assert.Equal("prod", options.Kubernetes.Context);
        Assert.Equal("/leases", options.File.Directory);
    }

    /// <summary>Which cannot be had together with all the others.</summary>
    [Fact]
    public void Get_TakeOverBackoffInJson_SetsIt()
    {
        LeaderElectionOptions options =
            BoundOptions.FromJson("""{ "LeaderElection": { "LeaseName": "a", "TakeOverBackoff": true } }""").Add().Get();

        Assert.True(options.TakeOverBackoff);
    }

    [Fact]
    public void Get_EnvironmentVariables_SetOptionsWhateverTheirCase()
    {
        // A prefix of its own: variables belong to the whole process.
        const string Prefix = "LEASEELECTION_TEST_ENVIRONMENT_";
        Environment.SetEnvironmentVariable(Prefix + "LeaderElection__LeaseName", "settlement");
        Environment.SetEnvironmentVariable(Prefix + "LEADERELECTION__KUBERNETES__CONTEXT", "prod");
        Environment.SetEnvironmentVariable(Prefix + "LeaderElection__LeaseNamespace", "");
        Environment.SetEnvironmentVariable(Prefix + "LeaderElection__reports__LeaseName", "reports");

        BoundOptions bound = BoundOptions.From(new ConfigurationBuilder().AddEnvironmentVariables(Prefix).Build()).Add().Add("reports");

        Assert.Equal("settlement", bound.Get().LeaseName);
        Assert.Equal("prod", bound.Get().Kubernetes.Context);
        Assert.Null(bound.Get().LeaseNamespace);
        Assert.Equal("reports", bound.Get("reports").LeaseName);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    public void Get_NullOrEmpty_KeepsTheDefault(string nothing)
    {
        LeaderElectionOptions options = BoundOptions.FromJson(
            $$"""
            {
              "LeaderElection": {
                "LeaseName": "settlement", "Identity": {{nothing}}, "LeaseDuration": {{nothing}}, "RenewInterval": {{nothing}},
                "ReleaseOnStop": {{nothing}}, "Store": {{nothing}}, "Kubernetes": {{nothing}}, "File": { "Directory": {{nothing}} }
              }
            }
            """).Add().Get();

        Assert.Null(options.Identity);
        Assert.Equal(TimeSpan.FromSeconds(15), options.LeaseDuration);
        Assert.Null(options.RenewInterval);
        Assert.True(options.ReleaseOnStop);
        Assert.Equal(LeaseStoreKind.Auto, options.Store);
        Assert.Null(options.File.Directory);
    }

    /// <summary>What stands in the place of a text that cannot be read is nobody's value: nothing is wrong by it.</summary>
    [Theory]
    [InlineData(""" "RenewDeadline": "soon", "LeaseDuration": "00:00:08" """)]
    [InlineData(""" "LeaseDuration": "half a minute", "RenewDeadline": "00:00:20" """)]
    [InlineData(""" "RetryPeriod": "now and then", "LeaseDuration": "00:00:02", "RenewDeadline": "00:00:01" """)]
    [InlineData(""" "Members": { "LeaseDuration": "long", "RenewInterval": "00:00:30" } """)]
    public void Get_OneTextThatCannotBeRead_IsToldInOneLine(string settings)
    {
        string[] failures = BoundOptions.FromJson(
            $$"""{ "LeaderElection": { "LeaseName": "settlement", {{settings}} } }""").Add().Failures();

        Assert.Contains("hours:minutes:seconds", Assert.Single(failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Get_SharedTextThatCannotBeRead_ExcusesNothingInTheSectionOfANamedElection()
    {
        BoundOptions options = BoundOptions.FromJson(
            """{ "LeaderElection": { "RetryPeriod": "soon", "reports": { "LeaseName": "reports", "RetryPeriod": "00:01:00" } } }""").Add("reports");

        Assert.Equal(
            [
                "LeaderElection:RetryPeriod is \"soon\", but must be hours:minutes:seconds, for example \"00:00:15\".",
                "LeaderElection:reports:RetryPeriod is 00:01:00, but must be longer than zero and at most RenewDeadline (00:00:10): "
                    + "write \"00:00:02\".",
            ],
            options.Failures("reports"));
    }

    [Theory]
    [InlineData("15")]
    [InlineData("\"15\"")]
    public void Get_BareNumber_IsRefused(string value)
    {
        string[] failures = BoundOptions.FromJson(
            $$"""{ "LeaderElection": { "LeaseName": "settlement", "LeaseDuration": {{value}} } }""").Add().Failures();

        Assert.Equal(
            ["LeaderElection:LeaseDuration is \"15\", but must be hours:minutes:seconds: write \"00:00:15\" for 15 seconds."], failures);
    }

    [Fact]
    public void Get_OtherCulture_ReadsAndWritesDurationsTheSame()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        commas.NumberFormat.NumberDecimalSeparator = ",";
        commas.NumberFormat.NegativeSign = "~";
        try
        {
            CultureInfo.CurrentCulture = commas;
            BoundOptions bound = BoundOptions.FromJson(
                """{ "LeaderElection": { "LeaseName": "settlement", "RenewInterval": "00:00:02.5", "RetryPeriod": "-00:00:01" } }""").Add();

            Assert.Equal(
                "LeaderElection:RetryPeriod is -00:00:01, but must be longer than zero and at most RenewDeadline (00:00:10): "
                + "write \"00:00:02\".",
                Assert.Single(bound.Failures()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Get_NoConfigurationAtAll_TakesWhatCodeSets()
    {
        LeaderElectionOptions options = BoundOptions.Empty().Add().Configure("", o => o.LeaseName = "settlement").Get();

        Assert.Equal("settlement", options.LeaseName);
    }

    [Fact]
    public void Get_CodeAndConfiguration_CodeWins()
    {
        LeaderElectionOptions options = BoundOptions
            .FromJson("""{ "LeaderElection": { "LeaseName": "settlement", "LeaseNamespace": "shop" } }""")
            .Add()
            .Configure("", o => o.LeaseName = "from-code")
            .Get();

        Assert.Equal("from-code", options.LeaseName);
        Assert.Equal("shop", options.LeaseNamespace);
    }

    [Fact]
    public void Get_NamedElection_TakesItsSectionOverTheSharedOne()
    {
        BoundOptions bound = BoundOptions.FromJson(
            """
            {
              "LeaderElection": {
                "LeaseNamespace": "shop", "LeaseDuration": "00:00:30", "RetryPeriod": "00:00:03", "Kubernetes": { "Context": "prod" },
                "reports": { "LeaseName": "reports", "RetryPeriod": "00:00:04" },
                "billing": { "LeaseName": "billing", "LeaseDuration": "00:00:20", "LeaseNamespace": null }
              }
            }
            """).Add("reports").Add("billing");

        LeaderElectionOptions reports = bound.Get("reports");
        LeaderElectionOptions billing = bound.Get("billing");
        Assert.Equal(("reports", "shop", "prod"), (reports.LeaseName, reports.LeaseNamespace, reports.Kubernetes.Context));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(4)), (reports.LeaseDuration, reports.RetryPeriod));
        Assert.Equal(("billing", "shop", "prod"), (billing.LeaseName, billing.LeaseNamespace, billing.Kubernetes.Context));
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(3)), (billing.LeaseDuration, billing.RetryPeriod));
    }

    [Fact]
    public void Get_NamedElection_DoesNotShareLeaseAndIdentity()
    {
        BoundOptions bound = BoundOptions.FromJson(
            """{ "LeaderElection": { "LeaseName": "settlement", "Identity": "me", "reports": { "Store": "File" } } }""")
            .Add().Add("reports").Configure("reports", o => o.LeaseName = "from-code");

        Assert.Equal("settlement", bound.Get().LeaseName);
        Assert.Equal("from-code", bound.Get("reports").LeaseName);
        Assert.Null(bound.Get("reports").Identity);
    }

    [Fact]
    public void Get_NamedElectionWithoutLeaseName_IsRefused()
    {
        string[] failures =
            BoundOptions.FromJson("""{ "LeaderElection": { "LeaseName": "settlement" } }""").Add("reports").Failures("reports");

        Assert.StartsWith("LeaderElection:reports:LeaseName is not set", Assert.Single(failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Get_SectionGiven_ReadsOnlyThat()
    {
        IConfiguration configuration = BoundOptions.Json(
            """
            {
              "LeaderElection": { "LeaseNamespace": "not-this" },
              "Shop": { "Election": { "LeaseName": "settlement" } }
            }
            """);

        LeaderElectionOptions options = BoundOptions.From(configuration).Add("shop", configuration.GetSection("Shop:Election")).Get("shop");

        Assert.Equal("settlement", options.LeaseName);
        Assert.Null(options.LeaseNamespace);
    }

    [Fact]
    public void Get_ConfigurationReloaded_KeepsTheOptionsOfTheStart()
    {
        var configuration = new ConfigurationManager();
        configuration["LeaderElection:LeaseName"] = "settlement";
        BoundOptions bound = BoundOptions.From(configuration).Add();
        LeaderElectionOptions atStart = bound.Get();

        configuration["LeaderElection:LeaseName"] = "other";
        ((IConfigurationRoot)configuration).Reload();

        Assert.Same(atStart, bound.Get());
    }

    [Fact]
    public void Get_OptionsOfNoElection_AreUntouched()
    {
        BoundOptions bound = BoundOptions.FromJson("""{ "LeaderElection": { "LeaseName": "settlement" } }""").Add("reports");

        Assert.Null(bound.Get("other").LeaseName);
    }
}
