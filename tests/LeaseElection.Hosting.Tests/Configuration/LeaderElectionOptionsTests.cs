namespace LeaseElection.Hosting.Tests;

public class LeaderElectionOptionsTests
{
    [Fact]
    public void Ctor_Defaults_AreThoseOfTheDesign()
    {
        var options = new LeaderElectionOptions();

        Assert.Null(options.LeaseName);
        Assert.Null(options.LeaseNamespace);
        Assert.Null(options.Identity);
        Assert.Equal(TimeSpan.FromSeconds(15), options.LeaseDuration);
        Assert.Equal(TimeSpan.FromSeconds(10), options.RenewDeadline);
        Assert.Null(options.RenewInterval);
        Assert.Equal(TimeSpan.FromSeconds(2), options.RetryPeriod);
        Assert.Null(options.StopTimeout);
        Assert.True(options.ReleaseOnStop);
        Assert.False(options.TakeOverBackoff);
        Assert.Equal(WorkEndPolicy.Default, options.WhenWorkEnds);
        Assert.Equal(WorkOverrunPolicy.StopHost, options.WhenWorkOverruns);
        Assert.Equal(LeaseStoreKind.Auto, options.Store);
        Assert.True(options.Enabled);
        Assert.Null(options.Kubernetes.ApiServer);
        Assert.Null(options.Kubernetes.TokenFile);
        Assert.Null(options.Kubernetes.CertificateAuthorityFile);
        Assert.Null(options.Kubernetes.KubeConfig);
        Assert.Null(options.Kubernetes.Context);
        Assert.False(options.Kubernetes.PublishEvents);
        Assert.False(options.Kubernetes.LabelLeaderPod);
        Assert.False(options.Kubernetes.TakeOverFromTerminated);
        Assert.Null(options.Kubernetes.ContainerName);
        Assert.Null(options.File.Directory);
    }
}
