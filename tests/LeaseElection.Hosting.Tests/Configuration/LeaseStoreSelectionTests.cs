using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests;

public class LeaseStoreSelectionTests
{
    private const string InACluster = "in a cluster", KubeConfigOfTheHome = "~/.kube/config";

    // A name of the test for what there is to connect to; null: nothing.
    [Theory]
    [InlineData(LeaseStoreKind.Auto, InACluster, "Production", InACluster)]
    [InlineData(LeaseStoreKind.Auto, InACluster, "Development", InACluster)]
    [InlineData(LeaseStoreKind.Auto, KubeConfigOfTheHome, "Development", "file")]
    [InlineData(LeaseStoreKind.Auto, KubeConfigOfTheHome, "Production", "refused")]
    [InlineData(LeaseStoreKind.Auto, null, "development", "file")]
    [InlineData(LeaseStoreKind.Auto, null, "Production", "refused")]
    [InlineData(LeaseStoreKind.Auto, null, null, "refused")]
    [InlineData(LeaseStoreKind.Kubernetes, InACluster, "Production", InACluster)]
    [InlineData(LeaseStoreKind.Kubernetes, KubeConfigOfTheHome, "Development", KubeConfigOfTheHome)]
    [InlineData(LeaseStoreKind.Kubernetes, KubeConfigOfTheHome, "Production", KubeConfigOfTheHome)]
    [InlineData(LeaseStoreKind.Kubernetes, null, "Development", "refused")]
    [InlineData(LeaseStoreKind.File, InACluster, "Production", "file")]
    [InlineData(LeaseStoreKind.File, null, "Production", "file")]
    public void Select_StoreAndSurroundings_DecideTogether(LeaseStoreKind store, string? there, string? environmentName, string expected)
    {
        string actual;
        try
        {
            actual = Select(store, there, environmentName, TestEnvironment.With()) ?? "file";
        }
        catch (LeaseStoreConfigurationException)
        {
            actual = "refused";
        }

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Select_AutoInAPodWithoutToken_IsRefusedEvenInDevelopmentAndNotAdvisedIt()
    {
        ProcessEnvironment pod = TestEnvironment.With(("KUBERNETES_SERVICE_HOST", "10.0.0.1"));

        var exception = Assert.Throws<LeaseStoreConfigurationException>(
            () => Select(LeaseStoreKind.Auto, there: null, "Development", pod));

        Assert.DoesNotContain("DOTNET_ENVIRONMENT", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Select_NothingFound_ListsWhatWasTriedAndTheWaysOut()
    {
        var exception = Assert.Throws<LeaseStoreConfigurationException>(
            () => Select(LeaseStoreKind.Auto, there: null, "Production", TestEnvironment.With()));

        Assert.Equal(
            """
            LeaderElection:Store is Auto, but no Kubernetes API server was found.
            Tried:
              - KUBERNETES_SERVICE_HOST (not set)
              - KUBECONFIG (not set)
            Do one of these:
              - run in a pod with a service account token
              - set LeaderElection:Kubernetes:KubeConfig to a kubeconfig file
              - on one machine only, set LeaderElection:Store=File, or DOTNET_ENVIRONMENT=Development (it is Production)
              - for a single instance, set LeaderElection:Enabled=false
            """,
            exception.Message);
    }

    [Theory]
    [InlineData(LeaseStoreKind.Auto, "", ", or DOTNET_ENVIRONMENT=Development (it is empty)")]
    [InlineData(LeaseStoreKind.Auto, " ", ", or DOTNET_ENVIRONMENT=Development (it is empty)")]
    [InlineData(LeaseStoreKind.Auto, null, ", or DOTNET_ENVIRONMENT=Development (it is not set)")]
    [InlineData(LeaseStoreKind.Kubernetes, "Development", "")]
    [InlineData(LeaseStoreKind.Kubernetes, "Production", "")]
    public void Select_NothingFound_AdvisesAnEnvironmentOnlyWhereItHelps(LeaseStoreKind store, string? environmentName, string advice)
    {
        var exception = Assert.Throws<LeaseStoreConfigurationException>(
            () => Select(store, there: null, environmentName, TestEnvironment.With()));

        Assert.Contains($"  - on one machine only, set LeaderElection:Store=File{advice}\n", exception.Message, StringComparison.Ordinal);
    }

    private static string? Select(LeaseStoreKind store, string? there, string? environmentName, ProcessEnvironment environment) =>
        LeaseStoreSelection.Select(
            new LeaderElectionRegistration("", Section: null), new LeaderElectionOptions { Store = store }, environment, environmentName,
            (includeHomeKubeConfig, tried) =>
            {
                tried.AddRange(["KUBERNETES_SERVICE_HOST (not set)", "KUBECONFIG (not set)"]);
                return there == KubeConfigOfTheHome && !includeHomeKubeConfig ? null : there;
            });
}
