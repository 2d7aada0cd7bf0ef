using LeaseElection.Hosting.Leases;

namespace LeaseElection.Simulation;

/// <summary>
/// What befalls kubelets and Pods: outages, and people who delete a Pod by force while it runs on, or have another in its place.
/// </summary>
internal sealed class PodNemesis(World world)
{
    public void Start()
    {
        if (world.Scenario.WatchesPods)
            world.In(Pause(), Strike);
    }

    private void Strike()
    {
        if (world.Now >= world.Scenario.HealedAt)
            return;
        Node node = world.Random.Next(2) == 0 && world.Leader?.Node is { } leader
            ? leader
            : world.Nodes[world.Random.Next(world.Nodes.Count)];
        string pod = "shop/" + node.Name;
        switch (world.Random.Next(4))
        {
            case 0:
                world.Pods.Delete(pod);
                break;
            case 1:
                Replace(pod, node.Clock.GetUtcNow() + ((world.Random.NextDouble() - 0.5) * TimeSpan.FromSeconds(20)));
                break;
            default:
                node.Kubelet.GoOut(world.Upto(TimeSpan.FromSeconds(40)));
                break;
        }

        world.In(Pause(), Strike);
    }

    /// <summary>
    /// As a StatefulSet does: by the same name, and most likely on another machine, by whose clock its container begins and ends.
    /// </summary>
    private void Replace(string pod, DateTimeOffset now)
    {
        string uid = world.Pods.NewUid();
        DateTimeOffset since = now - world.Upto(TimeSpan.FromSeconds(60));
        world.Pods.Create(pod, new PodFacts(uid, [new ContainerFacts(Kubelet.Container, since, []) { RunningId = uid }]));
        world.In(world.Upto(TimeSpan.FromSeconds(20)), () => world.Pods.Tell(
            pod, new PodFacts(
                uid, [new ContainerFacts(Kubelet.Container, null, [new ContainerEnd(since, now + TimeSpan.FromSeconds(20), uid)])])));
    }

    private TimeSpan Pause() => world.Upto(TimeSpan.FromSeconds(20));
}
