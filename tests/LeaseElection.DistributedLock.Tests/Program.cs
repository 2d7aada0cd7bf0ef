using LeaseElection.DistributedLock.Tests.Processes;

// Not the tests (those are run by `dotnet test`) but what a test starts, to kill it or to look at it alone.
switch (args)
{
    case [Locker.Command, .. string[] settings]:
        await Locker.RunAsync(settings);
        return 0;
    case [Footprint.Command, .. string[] settings]:
        await Footprint.RunAsync(settings);
        return 0;
    default:
        Console.Error.WriteLine($"What is {string.Join(' ', args)}?");
        return 2;
}
