using System.Globalization;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Benchmarks;

/// <summary>What is done with one published sidecar. Each of them has a command, which tells when it starts and ends.</summary>
internal sealed class SidecarScene(SidecarProgram program, RealApiServer server, string leaseNamespace)
{
    private const string Command =
        "trap 'echo command end $EPOCHREALTIME; exit 0' TERM; echo command start $EPOCHREALTIME; sleep 1000 & wait";

    /// <summary>From the start of a process until HTTP answers, and until its command has started.</summary>
    public async Task<(List<TimeSpan> Answered, List<TimeSpan> Led)> StartAsync(int trials)
    {
        List<TimeSpan> answered = [];
        List<TimeSpan> led = [];
        using var http = new HttpClient();
        for (int i = 0; i < trials; i++)
        {
            int port = UnusedPorts.Take(1)[0];
            using SidecarReplica replica = Start(string.Create(CultureInfo.InvariantCulture, $"start-{i}"), port);
            await AnswersAsync(http, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")));
            answered.Add(TimeProvider.System.GetElapsedTime(replica.StartedAt));
            await replica.CommandAsync("start");
            led.Add(TimeProvider.System.GetElapsedTime(replica.StartedAt));
            await replica.StopAsync();
        }

        return (answered, led);
    }

    /// <summary>What two that have nothing to do have in memory, in KiB.</summary>
    public async Task<(long Leader, long Standby)> IdleAsync(TimeSpan idle)
    {
        using SidecarReplica leader = Start("idle");
        await leader.CommandAsync("start");
        using SidecarReplica standby = Start("idle");
        await Task.Delay(idle, TimeProvider.System, CancellationToken.None);
        (long, long) resident = (leader.Resident, standby.Resident);
        await standby.StopAsync();
        await leader.StopAsync();
        return resident;
    }

    /// <summary>
    /// From the end of one command to the start of the next, whose sidecar has begun to stand when the other gets SIGTERM.
    /// </summary>
    public async Task<List<TimeSpan>> HandOverAsync(int trials)
    {
        List<TimeSpan> gaps = [];
        SidecarReplica leader = Start("hand-over");
        await leader.CommandAsync("start");
        for (int i = 0; i < trials; i++)
        {
            SidecarReplica standby = Start("hand-over");
            await standby.LineAsync("Standing for lease");
            leader.Terminate();
            double ended = await leader.CommandAsync("end");
            gaps.Add(TimeSpan.FromSeconds(await standby.CommandAsync("start") - ended));
            leader.Dispose();
            leader = standby;
        }

        await leader.StopAsync();
        leader.Dispose();
        return gaps;
    }

    private SidecarReplica Start(string election, int port = 0) => new(program.File,
    [
        $"--election={election}", $"--election-namespace={leaseNamespace}", $"--kubeconfig={server.AdminKubeConfigFile}",
        string.Create(CultureInfo.InvariantCulture, $"--http=127.0.0.1:{port}"), "--", "bash", "-c", Command,
    ]);

    private static async Task AnswersAsync(HttpClient http, Uri url)
    {
        while (true)
        {
            try
            {
                await http.GetStringAsync(url);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None); // It does not listen yet.
            }
        }
    }
}
