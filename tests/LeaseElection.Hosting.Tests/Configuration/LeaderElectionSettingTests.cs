using System.Reflection;
using LeaseElection.Hosting.Configuration;

namespace LeaseElection.Hosting.Tests;

public class LeaderElectionSettingTests
{
    private static readonly string[] ValuesOfEachForm = ["00:00:07", "Stay", "Log", "File", "false", "true", "7"];

    [Fact]
    public void All_ComparedWithTheOptions_IsComplete()
    {
        IEnumerable<string> properties = Settable(typeof(LeaderElectionOptions))
            .Where(property => property.Name is not (nameof(LeaderElectionOptions.Kubernetes) or nameof(LeaderElectionOptions.File)
                or nameof(LeaderElectionOptions.Members) or nameof(LeaderElectionOptions.Partitions)))
            .Select(property => property.Name)
            .Concat(Settable(typeof(KubernetesStoreOptions)).Select(property => "Kubernetes:" + property.Name))
            .Concat(Settable(typeof(FileStoreOptions)).Select(property => "File:" + property.Name))
            .Concat(Settable(typeof(MemberOptions)).Select(property => "Members:" + property.Name))
            .Concat(Settable(typeof(PartitionOptions)).Select(property => "Partitions:" + property.Name));

        Assert.Equal(properties.Order(), LeaderElectionSetting.All.Select(setting => setting.Key).Order());
    }

    [Fact]
    public void TrySet_EachSetting_ChangesItsOwnPropertyOnly()
    {
        Assert.All(LeaderElectionSetting.All, setting =>
        {
            var options = new LeaderElectionOptions();
            string before = Dump(options, except: setting.Key);
            string? value = ValuesOfEachForm.FirstOrDefault(text => setting.Expected == "text" || IsNews(setting, text));

            Assert.NotNull(value);
            Assert.True(setting.TrySet(options, value));
            Assert.Equal(before, Dump(options, except: setting.Key));
            Assert.NotEqual(Dump(new LeaderElectionOptions(), except: null), Dump(options, except: null));
        });
    }

    private static bool IsNews(LeaderElectionSetting setting, string text)
    {
        var options = new LeaderElectionOptions();
        return setting.TrySet(options, text) && Dump(options, except: null) != Dump(new LeaderElectionOptions(), except: null);
    }

    private static string Dump(LeaderElectionOptions options, string? except)
    {
        IEnumerable<(string Key, object? Value)> values = Settable(typeof(LeaderElectionOptions)).Select(p => (p.Name, p.GetValue(options)))
            .Concat(Settable(typeof(KubernetesStoreOptions)).Select(p => ("Kubernetes:" + p.Name, p.GetValue(options.Kubernetes))))
            .Concat(Settable(typeof(FileStoreOptions)).Select(p => ("File:" + p.Name, p.GetValue(options.File))))
            .Concat(Settable(typeof(MemberOptions)).Select(p => ("Members:" + p.Name, p.GetValue(options.Members))))
            .Concat(Settable(typeof(PartitionOptions)).Select(p => ("Partitions:" + p.Name, p.GetValue(options.Partitions))));
        return string.Join('\n', values.Where(value => value.Key != except));
    }

    private static IEnumerable<PropertyInfo> Settable(Type type) => type.GetProperties().Where(property => property.CanWrite);
}
