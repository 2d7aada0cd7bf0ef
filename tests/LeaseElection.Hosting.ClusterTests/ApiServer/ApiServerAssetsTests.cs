using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.ApiServer;

/// <summary>A suite that wrongly skips itself looks like one that passes.</summary>
public sealed class ApiServerAssetsTests : IDisposable
{
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory();
    private readonly Dictionary<string, string?> _environment = [];

    public ApiServerAssetsTests() => _environment["HOME"] = _temporary.FullName;

    public void Dispose() => _temporary.Delete(recursive: true);

    [Fact]
    public void ReasonToSkip_NothingInstalled_SaysWhatToDo()
    {
        Assert.Contains("run tests/apiserver/install", Reason(), StringComparison.Ordinal);
    }

    [Fact]
    public void ReasonToSkip_NothingInstalledInCI_DoesNotSkip()
    {
        _environment["CI"] = "true";

        Assert.Null(Reason());
        Assert.NotNull(ApiServerAssets.Find(_environment.GetValueOrDefault).MissingReason);
    }

    [Fact]
    public void ReasonToSkip_LeftOutOnRequestInCI_Skips()
    {
        _environment["CI"] = "true";
        _environment[ApiServerAssets.LeftOutVariable] = "1";

        Assert.Contains(ApiServerAssets.LeftOutVariable, Reason(), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_KubebuilderAssetsWithBoth_TakesThem()
    {
        Install(".cache/leaseelection/apiserver/1.20.2", "etcd", "kube-apiserver");
        _environment["KUBEBUILDER_ASSETS"] = Install("own", "etcd", "kube-apiserver");

        Assert.Equal(_environment["KUBEBUILDER_ASSETS"], Found());
        Assert.Null(Reason());
    }

    [Fact]
    public void Find_KubebuilderAssetsWithOne_TakesTheCache()
    {
        var cache = Install(".cache/leaseelection/apiserver/1.20.2", "etcd", "kube-apiserver");
        _environment["KUBEBUILDER_ASSETS"] = Install("own", "etcd");

        Assert.Equal(cache, Found());
    }

    [Fact]
    public void Find_CacheElsewhere_TakesIt()
    {
        var cache = Install("elsewhere/leaseelection/apiserver/1.20.2", "etcd", "kube-apiserver");
        _environment["XDG_CACHE_HOME"] = Path.Combine(_temporary.FullName, "elsewhere");

        Assert.Equal(cache, Found());
    }

    private string? Reason() => ApiServerAssets.ReasonToSkip(_environment.GetValueOrDefault);

    private string Found() => ApiServerAssets.Find(_environment.GetValueOrDefault).Directory;

    private string Install(string directory, params string[] programs)
    {
        var path = _temporary.CreateSubdirectory(directory).FullName;
        foreach (var program in programs)
        {
            File.WriteAllText(Path.Combine(path, program), "");
        }

        return path;
    }
}
