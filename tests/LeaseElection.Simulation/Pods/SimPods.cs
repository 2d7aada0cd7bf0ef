using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>The Pods as the API server has them, by name. What kubelets tell of another uid is refused.</summary>
internal sealed class SimPods(World world)
{
    private readonly Dictionary<string, PodFacts> _pods = [];
    private readonly List<SimPodWatch> _watches = [];
    private int _uids;

    public string NewUid() => $"pod-{++_uids}";

    public PodFacts? Read(string name) => _pods.GetValueOrDefault(name);

    /// <summary>A Pod is created, in place of one of its name that there may be.</summary>
    public void Create(string name, PodFacts pod)
    {
        Delete(name);
        Put(name, pod);
    }

    /// <summary>A kubelet tells.</summary>
    public void Tell(string name, PodFacts pod)
    {
        if (_pods.GetValueOrDefault(name)?.Uid == pod.Uid)
            Put(name, pod);
    }

    /// <summary>Whatever runs on, on a node that hears nothing of it.</summary>
    public void Delete(string name)
    {
        if (!_pods.Remove(name))
            return;
        world.Chronicle?.Add(world.Now, name, "is deleted by force");
        Spread(name, null);
    }

    public void Watch(string name, SimPodWatch watch)
    {
        _watches.Add(watch);
        watch.Tell(name, Read(name)); // What the read has just told; and whoever missed a change between the two has it now.
    }

    private void Put(string name, PodFacts pod)
    {
        _pods[name] = pod;
        world.Chronicle?.Add(world.Now, name, "is " + Describe(pod));
        Spread(name, pod);
    }

    private void Spread(string name, PodFacts? pod)
    {
        _watches.RemoveAll(watch => !watch.IsOpen);
        foreach (SimPodWatch watch in _watches.ToArray())
            watch.Tell(name, pod);
    }

    private static string Describe(PodFacts pod) => string.Join(", ", pod.Containers.Select(container =>
        $"{pod.Uid} running since {container.RunningSince:HH:mm:ss}, ended "
            + $"{string.Join(" and ", container.Ends.Select(end => $"{end.Started:HH:mm:ss} to {end.Finished:HH:mm:ss}"))}"));
}
