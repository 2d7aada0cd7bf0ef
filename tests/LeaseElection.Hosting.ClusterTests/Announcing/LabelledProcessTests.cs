using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.Announcing;

/// <summary>The label when the leader is a process that is stopped or killed, as the kubelet does.</summary>
[Collection(WaitingProcesses.Name)]
public sealed class LabelledProcessTests(ApiServerFixture fixture) : IDisposable
{
    private static readonly string[] Names = ["a", "b", "c", "d"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [ApiServerFact]
    public async Task StoppedAndKilledLeaders_LeaveNoLabelBehindOnceTheNextLeads()
    {
        await using LabelScene scene = await LabelScene.OpenAsync(fixture.Server, LabelScene.Leases, LabelScene.Pods);
        Dictionary<string, GuardedProcess> running = [];
        try
        {
            foreach (string name in Names)
            {
                await scene.AddPodAsync(name);
                running[name] = await StartAsync(scene, name);
            }

            UnixSignal[] signals = [UnixSignal.Terminate, UnixSignal.Kill, UnixSignal.Kill, UnixSignal.Terminate, UnixSignal.Kill];
            foreach (UnixSignal signal in signals)
            {
                string leader = await OneIsLabelledAsync(scene, running);
                // Only now: a process in the Pod of the dead leader would clear it, and that is for the next leader to do here.
                foreach (string name in running.Count > 1 ? [] : Names.Except(running.Keys).ToArray())
                    running[name] = await StartAsync(scene, name);
                foreach (string name in running.Keys.Where(name => name != leader))
                    await StandsByAsync(name); // A process that has just begun takes the processor from the one that is to be quick.
                running[leader].Send(signal);
                await running[leader].Exited.WaitAsync(LabelScene.Patience);
                if (signal == UnixSignal.Terminate)
                {
                    string[] labelled = await scene.LabelledAsync(); // Gone with the process, whoever leads next.
                    Assert.False(labelled.Contains(leader), $"{leader} still bears the label; it said:\n{await LogOf(leader)}");
                }

                await running[leader].DisposeAsync();
                running.Remove(leader);
            }

            await OneIsLabelledAsync(scene, running);
        }
        finally
        {
            foreach (GuardedProcess process in running.Values)
                await process.DisposeAsync();
        }
    }

    /// <summary>Waits until the process that was started last in a Pod has seen another hold the lease.</summary>
    private Task StandsByAsync(string pod) => Polling.UntilAsync(
        async () => File.Exists(LogFileOf(pod)) && await LogOf(pod) is var log
            && log.LastIndexOf("Standing for lease", StringComparison.Ordinal) is >= 0 and int begun
            && log.AsSpan(begun).Contains("standing by", StringComparison.Ordinal),
        LabelScene.Patience,
        what: $"{pod} to stand by");

    /// <summary>Waits until the label is on the Pod of the holder, who lives, and on no other.</summary>
    private static async Task<string> OneIsLabelledAsync(LabelScene scene, Dictionary<string, GuardedProcess> running)
    {
        string[] labelled = [];
        string holder = "";
        await Polling.UntilAsync(
            async () =>
            {
                holder = await scene.Server.KubectlAsync(
                    null, "get", "lease", "-n", scene.Namespace, "-o", "jsonpath={.items[*].spec.holderIdentity}");
                labelled = await scene.LabelledAsync();
                return labelled is [var pod] && running.ContainsKey(pod) && holder.StartsWith(pod + "_", StringComparison.Ordinal);
            },
            LabelScene.Patience,
            what: $"one labelled Pod, that of the holder, of {string.Join(' ', running.Keys)}");
        return labelled[0];
    }

    private string LogFileOf(string pod) => Path.Combine(_folder.FullName, pod);

    private async Task<string> LogOf(string pod) =>
        string.Join('\n', (await File.ReadAllLinesAsync(LogFileOf(pod))).Where(line => !line.StartsWith("act", StringComparison.Ordinal)));

    private Task<GuardedProcess> StartAsync(LabelScene scene, string pod)
    {
        string[] settings =
        [
            "LeaseName=settlement",
            $"LeaseNamespace={scene.Namespace}",
            $"Kubernetes:ApiServer={scene.Server.Url}",
            $"Kubernetes:TokenFile={scene.User.TokenFile}",
            $"Kubernetes:CertificateAuthorityFile={scene.Server.CertificateAuthorityFile}",
            "Kubernetes:LabelLeaderPod=true",
            "LeaseDuration=00:00:08", // The release waits for the label for half of what is left of it after the deadline at most.
            "RenewDeadline=00:00:02",
            "RenewInterval=00:00:00.5",
            "RetryPeriod=00:00:00.5",
        ];
        return GuardedProcess.StartAsync(
            "env",
            [
                $"POD_NAME={pod}", $"POD_NAMESPACE={scene.Namespace}", "Logging__LogLevel__LeaseElection=Debug",
                "dotnet", typeof(LabelledProcessTests).Assembly.Location, "replica",
                .. settings.Select(setting => $"--LeaderElection:{setting}"),
                "--Fault:LabelSeconds=3",
            ],
            LogFileOf(pod));
    }
}
